import { describe, expect, it } from 'vitest';
import { describeImpossible, impossibleOptions } from './impossible-options.ts';
import { CAPABILITIES, PROVIDERS } from './provider-capabilities.ts';

describe('what a provider can be asked for', () => {
  it.each([
    ['deepgram', {}],
    ['deepgram', { model: 'nova-2', language: 'multi', diarize: true, multichannel: true }],
    ['deepgram', { language: 'en-GB', redact: ['pci', 'ssn', 'numbers'], keyterms: ['Onrecord'] }],
    ['deepgram', { language: 'de', redact: ['numbers'], smartFormat: false, mipOptOut: true }],
    ['openai-compatible', { model: 'small', language: 'pt-BR', diarize: false, multichannel: true }],
    ['simulator', { language: 'en', redact: ['pii'], fallback: { provider: 'deepgram', options: {} } }],
  ] as const)('%s does %j', (provider, options) => {
    expect(describeImpossible(provider, structuredClone<Record<string, unknown>>(options))).toBeUndefined();
  });

  it.each([
    ['deepgram', { redact: ['pci'] }, 'redact "pci" without a language: give one of en'],
    ['deepgram', { language: 'fr', redact: ['numbers', 'pii'] }, 'redact "pii" in the language "fr": give one of en'],
    ['deepgram', { model: 'nova-2', keyterms: ['Onrecord'] }, 'keyterms with the model nova-2'],
    ['deepgram', { keyterms: Array.from({ length: 101 }, String) }, 'keyterms of more than 100 terms'],
    ['deepgram', { model: 'enhanced', language: 'multi' }, 'language "multi" with the model enhanced'],
    ['deepgram', { multichannel: false }, 'multichannel false'],
    ['openai-compatible', { diarize: true }, 'diarize true'],
    ['openai-compatible', { keyterms: ['Onrecord'] }, 'keyterms'],
    ['openai-compatible', { language: 'en', redact: ['pci'] }, 'redact "pci"'],
    ['openai-compatible', { smartFormat: true, mipOptOut: true }, 'smartFormat true; nor for mipOptOut true'],
    ['simulator', { toString: 'x' }, 'toString, which is no option here (they are model, language, '],
  ] as const)('%s is not asked for %j', (provider, options, said) => {
    expect(describeImpossible(provider, structuredClone<Record<string, unknown>>(options))).toContain(
      `${provider} cannot be asked for ${said}`,
    );
  });

  it('names every impossible option, not the first alone', () => {
    expect(impossibleOptions('openai-compatible', { redact: ['pci'], diarize: true, summarize: true })).toHaveLength(3);
  });

  it('says of each provider where it is said', () => {
    for (const provider of PROVIDERS) expect(CAPABILITIES[provider].sources.join()).toContain('https://');
  });
});
