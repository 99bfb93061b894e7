import { expect, test } from 'vitest';
import { readConfig, SettingsError } from './config.ts';

const needed = {
  TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a-token',
  PUBLIC_BASE_URL: 'http://ingest:8080',
};

test('three settings are enough', () => {
  expect(readConfig({ ...needed, LISTEN_HOST: '' })).toMatchObject({
    PORT: 8_090,
    LISTEN_HOST: '0.0.0.0',
    SIMULATOR_SPEED: 50,
  });
});

test('every bad setting is named in one message, and secrets are not repeated', () => {
  const bad = { PORT: 'http', TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: '', PUBLIC_BASE_URL: 'ingest:8080' };
  expect(() => readConfig(bad)).toThrow(SettingsError);
  expect(() => readConfig(bad)).toThrow(
    [
      'the environment has 4 unusable setting(s):',
      '  PORT is "http": give a whole number from 0 to 65535',
      '  TWILIO_ACCOUNT_SID is "AC1": give AC and 32 hexadecimal digits',
      '  TWILIO_AUTH_TOKEN is missing: give the token that signs the callbacks',
      '  PUBLIC_BASE_URL is not usable: give a URL starting with http:// or https://',
    ].join('\n'),
  );
});
