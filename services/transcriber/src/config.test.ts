import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const required = {
  EVENTS_URL: 'kafka://localhost:9092',
  RECORDINGS_BUCKET: 's3://recordings',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  DEEPGRAM_API_KEY: 'key',
};

const callback = {
  TRANSCRIPTION_CALLBACK: 'true',
  TRANSCRIPTION_WEBHOOK_SECRET: 's'.repeat(32),
  PUBLIC_BASE_URL: 'https://calls.example.com/twilio,https://old.example.com',
};
const whisper = { TRANSCRIPTION_PROVIDER: 'openai-compatible', TRANSCRIPTION_URL: 'http://127.0.0.1:8000' };

describe('the settings', () => {
  it('need the log, the store, the account and a Deepgram key alone', () => {
    const config = readConfig(required);
    expect(config.provider).toMatchObject({
      name: 'deepgram',
      baseUrl: 'https://api.deepgram.com',
      timeoutMs: 900_000,
    });
    expect(config.accounts.own).toMatchObject({ accountSid: required.TWILIO_ACCOUNT_SID, authTokens: ['token'] });
    expect(config.relay).toEqual({
      concurrency: 16,
      timeoutMs: 1_800_000,
      withdrawalCheckMs: 5_000,
      lagBytesMax: 8 * 1024 * 1024,
      lagBytesMaxOfAll: 128 * 1024 * 1024,
    });
  });

  it('hold a fallback beside the provider, each with what it needs', () => {
    const local = { TRANSCRIPTION_URL: 'http://whisper:8000', TRANSCRIPTION_MODEL: 'small' };
    const settings = {
      ...local,
      TRANSCRIPTION_PROVIDER: 'openai-compatible',
      TRANSCRIPTION_FALLBACK_PROVIDER: 'deepgram',
    };
    const { fallback, provider } = readConfig({ ...required, ...settings });
    expect(provider).toMatchObject({ name: 'openai-compatible', baseUrl: 'http://whisper:8000', model: 'small' });
    expect(fallback).toMatchObject({
      provider: { name: 'deepgram', baseUrl: 'https://api.deepgram.com', apiKey: 'key' },
      attempts: 3,
      requestsMax: 4,
    });
    expect(readConfig(required).fallback).toBeUndefined();
  });

  it('prefer an API key', () => {
    const key = { TWILIO_API_KEY_SID: `SK${'2'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'secret' };
    expect(readConfig({ ...required, ...key }).accounts.own.apiKey).toEqual({
      sid: key.TWILIO_API_KEY_SID,
      secret: 'secret',
    });
  });

  it.each([
    ['half an API key', { TWILIO_API_KEY_SID: `SK${'2'.repeat(32)}` }, 'TWILIO_API_KEY_SECRET'],
    ['Deepgram without a key', { DEEPGRAM_API_KEY: '' }, 'DEEPGRAM_API_KEY'],
    [
      'Deepgram as fallback without a key',
      {
        DEEPGRAM_API_KEY: '',
        TRANSCRIPTION_PROVIDER: 'simulator',
        TRANSCRIPTION_URL: 'http://localhost',
        TRANSCRIPTION_FALLBACK_PROVIDER: 'deepgram',
      },
      'DEEPGRAM_API_KEY',
    ],
    [
      'a fallback without an address',
      { TRANSCRIPTION_FALLBACK_PROVIDER: 'openai-compatible' },
      'TRANSCRIPTION_FALLBACK_URL',
    ],
    [
      'a fallback that is the provider',
      { TRANSCRIPTION_FALLBACK_PROVIDER: 'deepgram' },
      'TRANSCRIPTION_FALLBACK_PROVIDER',
    ],
    ['a simulator without an address', { TRANSCRIPTION_PROVIDER: 'simulator' }, 'TRANSCRIPTION_URL'],
    [
      'an OpenAI-compatible server without an address',
      { TRANSCRIPTION_PROVIDER: 'openai-compatible' },
      'TRANSCRIPTION_URL',
    ],
    ['an unknown provider', { TRANSCRIPTION_PROVIDER: 'ears' }, 'TRANSCRIPTION_PROVIDER is "ears"'],
    [
      'callbacks to Deepgram without a secret',
      { ...callback, TRANSCRIPTION_WEBHOOK_SECRET: '' },
      'TRANSCRIPTION_WEBHOOK_SECRET',
    ],
    ['a secret that is short', { ...callback, TRANSCRIPTION_WEBHOOK_SECRET: 'short' }, 'at least 32 characters'],
    ['callbacks to nowhere', { ...callback, PUBLIC_BASE_URL: '' }, 'PUBLIC_BASE_URL is missing'],
    [
      'callbacks at a port that Deepgram does not call',
      { ...callback, PUBLIC_BASE_URL: 'https://a.example:9443' },
      '8443',
    ],
    ['callbacks in the clear', { ...callback, PUBLIC_BASE_URL: 'http://a.example' }, 'at https'],
    ['callbacks of a Whisper', { ...callback, ...whisper }, 'TRANSCRIPTION_CALLBACK is "true": only Deepgram'],
    [
      'addresses into a Whisper',
      { TRANSCRIPTION_PRESIGNED_URL: 'true', ...whisper },
      'TRANSCRIPTION_PRESIGNED_URL is "true"',
    ],
    [
      'addresses into a folder',
      { TRANSCRIPTION_PRESIGNED_URL: 'true', RECORDINGS_BUCKET: 'file:./data/recordings' },
      'TRANSCRIPTION_PRESIGNED_URL is "true": nobody can fetch audio out of a folder',
    ],
    ['a budget of nothing', { TRANSCRIPTION_BUDGET_PER_DAY: '0' }, 'at most 3650d), or leave it out for no limit'],
    ['a duration without a unit', { RELAY_TIMEOUT: '30' }, 'RELAY_TIMEOUT is "30"'],
  ])('refuse %s, by name', (_what, setting, complaint) => {
    expect(() => readConfig({ ...required, ...setting })).toThrow(complaint);
  });

  // Whoever wrote "whisper" was told besides of an address that the simulator needs.
  it('say nothing more of a provider that is unknown', () => {
    const unknown = { TRANSCRIPTION_PROVIDER: 'whisper', TRANSCRIPTION_FALLBACK_PROVIDER: 'ears' };
    expect(() => readConfig({ ...required, ...unknown })).toThrow(
      /has 2 unusable .*\n.*PROVIDER is "whisper".*\n.*FALLBACK_PROVIDER is "ears"[^\n]*$/,
    );
  });

  it('ask about archived audio only where that is wanted', () => {
    expect(readConfig(required).archivedWays).toBeUndefined();
    expect(readConfig({ ...required, ...callback, TRANSCRIPTION_CALLBACK: '' }).archivedWays).toBeUndefined();
    expect(readConfig({ ...required, ...callback }).archivedWays).toEqual({
      presigned: false,
      callback: { baseUrl: 'https://calls.example.com/twilio', secret: 's'.repeat(32) },
    });
    expect(readConfig({ ...required, TRANSCRIPTION_PRESIGNED_URL: 'true' }).archivedWays).toEqual({
      presigned: true,
      callback: undefined,
    });
  });

  it('let a Deepgram of one’s own call wherever it can', () => {
    const own = { ...callback, TRANSCRIPTION_URL: 'http://deepgram:8080', PUBLIC_BASE_URL: 'http://ingest:9000' };
    expect(readConfig({ ...required, ...own }).archivedWays?.callback?.baseUrl).toBe('http://ingest:9000');
  });

  it('are all complained about in one message', () => {
    const read = () => readConfig({ RELAY_CONCURRENCY: 'many', TWILIO_API_KEY_SECRET: 'secret' });
    for (const name of ['RELAY_CONCURRENCY', 'TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY_SID', 'DEEPGRAM_API_KEY']) {
      expect(read).toThrow(name);
    }
  });

  it('take a simulator without a key', () => {
    const { provider } = readConfig({
      ...required,
      DEEPGRAM_API_KEY: '',
      TRANSCRIPTION_PROVIDER: 'simulator',
      TRANSCRIPTION_URL: 'http://127.0.0.1:4010',
    });
    expect(provider).toMatchObject({ name: 'simulator', baseUrl: 'http://127.0.0.1:4010' });
  });

  it('take an OpenAI-compatible server with its model, and a key where it needs one', () => {
    const local = { TRANSCRIPTION_PROVIDER: 'openai-compatible', TRANSCRIPTION_URL: 'http://127.0.0.1:8000' };
    const read = (setting: Record<string, string>) => readConfig({ ...required, DEEPGRAM_API_KEY: '', ...setting });
    expect(read(local).provider).toMatchObject({
      baseUrl: 'http://127.0.0.1:8000',
      model: 'whisper-1',
      apiKey: undefined,
    });
    const hosted = { ...local, TRANSCRIPTION_MODEL: 'large-v3', TRANSCRIPTION_API_KEY: 'secret' };
    expect(read(hosted).provider).toMatchObject({ model: 'large-v3', apiKey: 'secret' });
  });
});
