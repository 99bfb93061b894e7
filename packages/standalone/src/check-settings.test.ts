import { expect, test } from 'vitest';
import { checkNamedFiles, checkSettings } from './check-settings.ts';

test('nothing at all is enough', () => {
  expect(checkSettings({}).speech).toBe('simulator');
});

test('what transcribes is what the flag says, else what is set', () => {
  const local = { TRANSCRIPTION_PROVIDER: 'openai-compatible', TRANSCRIPTION_URL: 'http://127.0.0.1:8000' };
  const key = { DEEPGRAM_API_KEY: 'key' };
  expect(checkSettings(key).speech).toBe('deepgram');
  expect(checkSettings({ ...key, ...local }).speech).toBe('openai-compatible');
  expect(checkSettings({ ...key, ...local }, 'whisper').speech).toBe('whisper');
  expect(() => checkSettings({ TRANSCRIPTION_PROVIDER: 'openai-compatible' })).toThrow(
    /^\s*TRANSCRIPTION_URL is missing/m,
  );
});

// Where the other half was simulated, `start` went on with a simulation that nobody had asked for.
test.each([
  [{ TRANSCRIPTION_PROVIDER: 'deepgram' }, 'DEEPGRAM_API_KEY is missing: TRANSCRIPTION_PROVIDER=deepgram needs it'],
  [{ TWILIO_API_KEY_SID: `SK${'a'.repeat(32)}` }, 'TWILIO_API_KEY_SECRET is missing: set both parts'],
  [{ TWILIO_API_KEY_SECRET: 'secret' }, 'TWILIO_API_KEY_SID is missing: set both parts'],
  // The embedded one was used, and this one migrated.
  [{ DATABASE_ADMIN_URL: 'postgres://owner:secret@127.0.0.1/records' }, 'DATABASE_URL is missing: DATABASE_ADMIN_URL'],
])('half of what is simulated is told: %j', (environment, said) => {
  expect(() => checkSettings(environment)).toThrow(said);
});

test('a key of a real account that is left in the environment of a simulated one is none', () => {
  const key = { TWILIO_API_KEY_SID: `SK${'a'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'secret', DEEPGRAM_API_KEY: ' ' };
  expect(checkSettings(key).twilio).toBeUndefined();
});

// The check said that settings can be used with which nothing started.
test('files are read where a real account needs them', async () => {
  const real = {
    TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'token',
    PUBLIC_BASE_URL: 'https://a.example',
  };
  const files = { ACCOUNTS_FILE: '/nowhere' };
  await expect(checkNamedFiles(checkSettings({ ...real, ...files }))).rejects.toThrow(
    'ACCOUNTS_FILE /nowhere: it cannot',
  );
  await expect(checkNamedFiles(checkSettings(files))).resolves.toBeUndefined();
});
