import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionsFingerprint, type ProviderOptions } from './options-fingerprint.ts';

describe('the fingerprint of transcription options', () => {
  it('does not depend on the order of the options', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.integer())), (parameters) => {
        const reversed = Object.fromEntries(Object.entries(parameters).reverse());
        expect(optionsFingerprint({ provider: 'p', parameters: reversed })).toBe(
          optionsFingerprint({ provider: 'p', parameters }),
        );
      }),
    );
  });

  it('differs with the provider and with every option', () => {
    const all: ProviderOptions[] = [
      { provider: 'deepgram', parameters: { model: 'nova-3' } },
      { provider: 'simulator', parameters: { model: 'nova-3' } },
      { provider: 'deepgram', parameters: { model: 'nova-2' } },
      { provider: 'deepgram', parameters: { model: 'nova-3', diarize: true } },
      { provider: 'deepgram', parameters: { model: 'nova-3', diarize: 'true' } },
    ];
    expect(new Set(all.map(optionsFingerprint)).size).toBe(all.length);
  });
});
