import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const required = {
  DATABASE_URL: 'postgres://localhost/onrecord',
  EVENTS_URL: 'kafka://localhost:9092',
  RECORDINGS_BUCKET: 's3://recordings',
  RECORDS_API_TOKEN: 'a-long-enough-token',
  PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
};
const withOptions = (settings: Record<string, string>) => readConfig({ ...required, ...settings }).policy.transcription;

describe('what the policy asks speech-to-text for', () => {
  it('is left to the transcriber where nobody says anything', () => {
    expect(withOptions({})).toEqual({
      provider: 'deepgram',
      options: {},
      canDiarize: true,
      fallback: undefined,
    });
  });

  it('is said as JSON, for each provider apart', () => {
    expect(
      withOptions({
        TRANSCRIPTION_OPTIONS: '{"language":"en","keyterms":["Onrecord"],"mipOptOut":true}',
        TRANSCRIPTION_FALLBACK_PROVIDER: 'openai-compatible',
        TRANSCRIPTION_FALLBACK_OPTIONS: '{"model":"small"}',
      }),
    ).toEqual({
      provider: 'deepgram',
      options: { language: 'en', keyterms: ['Onrecord'], mipOptOut: true },
      canDiarize: true,
      fallback: { provider: 'openai-compatible', options: { model: 'small' }, canDiarize: false },
    });
  });

  it.each([
    [{ TRANSCRIPTION_OPTIONS: '{"redact":["pci"]}' }, /deepgram cannot be asked for redact "pci" without a language/],
    [
      { TRANSCRIPTION_OPTIONS: '{"redacted":["pci"]}' },
      /redacted, which is no option here \(they are .*, redact, keyterms\)/,
    ],
    [{ TRANSCRIPTION_OPTIONS: '{"keyterms":"Onrecord"}' }, /TRANSCRIPTION_OPTIONS is .*keyterms: .*give a JSON object/],
    [{ TRANSCRIPTION_OPTIONS: 'language=en' }, /give a JSON object such as \{"language"/],
    [
      { TRANSCRIPTION_PROVIDER: 'openai-compatible', TRANSCRIPTION_OPTIONS: '{"diarize":true}' },
      /openai-compatible cannot be asked for diarize true/,
    ],
    [
      { TRANSCRIPTION_FALLBACK_PROVIDER: 'openai-compatible', TRANSCRIPTION_FALLBACK_OPTIONS: '{"mipOptOut":true}' },
      /TRANSCRIPTION_FALLBACK_OPTIONS is .*openai-compatible cannot be asked for mipOptOut true/,
    ],
    [{ TRANSCRIPTION_FALLBACK_PROVIDER: 'deepgram' }, /it is TRANSCRIPTION_PROVIDER already/],
    [
      { TRANSCRIPTION_OPTIONS: '{"multichannel":false}', SWEEP_INTERVAL: 'often' },
      /SWEEP_INTERVAL.*\n.*multichannel false/,
    ],
  ])('%j is refused when the policy is made', (settings, said) => {
    expect(() => withOptions(settings as Record<string, string>)).toThrow(said);
  });
});

// An outage of the provider that masks was answered by one that nobody had asked to: card numbers would have been kept.
describe('a fallback', () => {
  const TRANSCRIPTION_OPTIONS = '{"language":"en","redact":["pci","ssn"]}';

  it.each([
    [
      'openai-compatible',
      undefined,
      /redact "pci", "ssn", and TRANSCRIPTION_FALLBACK_PROVIDER=openai-compatible is not/,
    ],
    [
      'simulator',
      undefined,
      /TRANSCRIPTION_FALLBACK_OPTIONS is missing: TRANSCRIPTION_OPTIONS has deepgram redact "pci"/,
    ],
    ['simulator', '{"language":"en","redact":["pci"]}', /deepgram redact "ssn", and .*the same redact, .* or leave/],
    ['openai-compatible', '{"redact":["pci","ssn"]}', /openai-compatible cannot be asked for redact "pci"/],
  ])('that masks less than the first provider is refused: %s with %s', (provider, options, said) => {
    const fallback = {
      TRANSCRIPTION_FALLBACK_PROVIDER: provider,
      ...(options && { TRANSCRIPTION_FALLBACK_OPTIONS: options }),
    };
    expect(() => withOptions({ TRANSCRIPTION_OPTIONS, ...fallback })).toThrow(said);
  });

  it('that masks the same, or more, is taken', () => {
    const TRANSCRIPTION_FALLBACK_OPTIONS = '{"language":"en","redact":["phi","ssn","pci"]}';
    const settings = {
      TRANSCRIPTION_OPTIONS,
      TRANSCRIPTION_FALLBACK_PROVIDER: 'simulator',
      TRANSCRIPTION_FALLBACK_OPTIONS,
    };
    expect(withOptions(settings).fallback?.options.redact).toEqual(['phi', 'ssn', 'pci']);
    expect(withOptions({ TRANSCRIPTION_OPTIONS }).fallback).toBeUndefined();
  });
});

// The check took them, and the start said that another program has the port.
it('one port for two things is refused, whatever else is wrong', () => {
  const both = { PORT: '9465', SWEEP_INTERVAL: 'often' };
  expect(() => withOptions(both)).toThrow(/SWEEP_INTERVAL.*\n.*PORT and METRICS_PORT are both 9465: give each/);
  expect(() => withOptions({ PORT: '0', METRICS_PORT: '0' })).not.toThrow();
});
