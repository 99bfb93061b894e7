import { fileURLToPath } from 'node:url';
import { SettingsError } from '@onrecord/shared/config/settings';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const environment = {
  EVENTS_URL: 'kafka://localhost:9092',
  TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'the-auth-token',
  PUBLIC_BASE_URL: 'https://calls.example.com',
};

function complaint(differences: Record<string, string>): string {
  try {
    readConfig({ ...environment, ...differences });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

test('needs four settings, and has a default for everything else', () => {
  expect(readConfig(environment)).toMatchObject({
    port: 8080,
    metricsPort: 9464,
    publicBaseUrls: ['https://calls.example.com'],
    accounts: { file: undefined, own: { authTokens: ['the-auth-token'] } },
    voice: undefined,
    publishTimeoutMs: 3_000,
    bodyBytesMax: 65_536,
    alertBodyBytesMax: 1_048_576,
    shutdownTimeoutMs: 30_000,
  });
});

test('takes answers of the speech provider where there is a secret, and then needs the store', () => {
  expect(readConfig(environment).answers).toBeUndefined();
  const secret = { TRANSCRIPTION_WEBHOOK_SECRET: 's'.repeat(32) };
  expect(complaint(secret)).toContain('RECORDINGS_BUCKET is missing: TRANSCRIPTION_WEBHOOK_SECRET needs it');
  const { answers } = readConfig({
    ...environment,
    ...secret,
    RECORDINGS_BUCKET: 's3://recordings',
    S3_CREATE_BUCKET: 'true',
  });
  expect(answers).toMatchObject({ bytesMax: 67_108_864, objectStore: { kind: 's3', createBucket: false } });
});

test('accepts the next token beside the current one, which stays the first', () => {
  const { own } = readConfig({ ...environment, TWILIO_AUTH_TOKEN_NEXT: 'next' }).accounts;
  expect(own.authTokens).toEqual(['the-auth-token', 'next']);
});

test('takes a public address with a path, and without the slash at its end', () => {
  const { publicBaseUrls } = readConfig({ ...environment, PUBLIC_BASE_URL: 'https://example.com:8443/twilio/' });
  expect(publicBaseUrls).toEqual(['https://example.com:8443/twilio']);
});

test('takes several public addresses, in their order', () => {
  const { publicBaseUrls } = readConfig({
    ...environment,
    PUBLIC_BASE_URL: 'https://calls.example.com, https://example.net/twilio/',
  });
  expect(publicBaseUrls).toEqual(['https://calls.example.com', 'https://example.net/twilio']);
  expect(complaint({ PUBLIC_BASE_URL: 'https://a.example,b.example' })).toContain('several with commas between them');
  expect(complaint({ PUBLIC_BASE_URL: 'https://a.example,' })).toContain('several with commas between them');
});

describe('a public address', () => {
  test.each(['https://user:pass@example.com', 'https://example.com/?a=b', 'https://example.com/#rc=3'])(
    'that Twilio’s signature would not match is refused: %s',
    (PUBLIC_BASE_URL) => {
      expect(complaint({ PUBLIC_BASE_URL })).toMatch(/PUBLIC_BASE_URL .*give the address alone/);
    },
  );

  test('that is none is complained about once', () => {
    expect(complaint({ PUBLIC_BASE_URL: 'calls@example' }).match(/PUBLIC_BASE_URL/g)).toHaveLength(1);
  });
});

test('reconciles every five minutes with an hour of overlap, never when told so, and not without pause', () => {
  expect(readConfig(environment).reconcile).toEqual({
    intervalMs: 300_000,
    graceMs: 60_000,
    reach: { overlapMs: 3_600_000, firstMs: 86_400_000 },
  });
  expect(readConfig({ ...environment, RECONCILE_INTERVAL: '0s' }).reconcile.intervalMs).toBe(0);
  expect(complaint({ RECONCILE_INTERVAL: '10ms' })).toContain('give at least 1s, or 0s for never');
});

test('has room for the longest body that it takes', () => {
  const message = complaint({ ALERT_BODY_BYTES_MAX: '8388608', ALERT_BODIES_BYTES_MAX: '1048576' });
  expect(message).toMatch(/ALERT_BODIES_BYTES_MAX is "1048576": give at least ALERT_BODY_BYTES_MAX/);
});

test('asks Twilio with an API key where there is a whole one, and refuses half of one', () => {
  const key = { TWILIO_API_KEY_SID: `SK${'b'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'secret' };
  expect(readConfig(environment).accounts.own.apiKey).toBeUndefined();
  expect(readConfig({ ...environment, ...key }).accounts.own.apiKey?.secret).toBe('secret');
  expect(complaint({ TWILIO_API_KEY_SID: key.TWILIO_API_KEY_SID })).toContain('TWILIO_API_KEY_SECRET');
});

test('names everything that is missing or wrong at once, and no secret', () => {
  const message = complaint({
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: '',
    VOICE_DIAL_TO: '0800',
    PUBLISH_TIMEOUT: '1h',
  });
  expect(message).toContain('TWILIO_ACCOUNT_SID is "AC1": give AC and 32 hexadecimal digits');
  expect(message).toContain('TWILIO_AUTH_TOKEN is missing: ');
  expect(message).toContain('VOICE_DIAL_TO is "0800": give an E.164 number');
  expect(message).toContain('PUBLISH_TIMEOUT is "1h": give a duration');
});

describe('a voice file', () => {
  const example = fileURLToPath(new URL('../../../deploy/voice.example.json', import.meta.url));

  test('takes the place of the built-in prompt', () => {
    const { voice } = readConfig({ ...environment, VOICE_DIAL_TO: '+14155550142', VOICE_FILE: example });
    expect(voice?.start).toEqual({ menu: 'main' });
    expect(readConfig({ ...environment, VOICE_DIAL_TO: '+14155550142' }).voice?.start).toEqual({
      destination: 'dial-to',
    });
  });

  test('that is not there, or is none, is named with the remedy', () => {
    expect(complaint({ VOICE_FILE: '/nowhere.json' })).toContain(
      'VOICE_FILE is "/nowhere.json": it cannot be read (there is no such file or folder)',
    );
    const settings = fileURLToPath(new URL('../package.json', import.meta.url));
    expect(complaint({ VOICE_FILE: settings, PUBLISH_TIMEOUT: '1h' })).toMatch(
      /VOICE_FILE .*version: give 1.*PUBLISH_TIMEOUT/s,
    );
  });
});

// The check took them, and the start said that another program has the port.
test('refuses one port for callbacks and metrics', () => {
  expect(complaint({ METRICS_PORT: '8080' })).toContain(
    'PORT and METRICS_PORT are both 8080: give each a port of its own',
  );
  expect(readConfig({ ...environment, PORT: '0', METRICS_PORT: '0' })).toMatchObject({ port: 0, metricsPort: 0 });
});
