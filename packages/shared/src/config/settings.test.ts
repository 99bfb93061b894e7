import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { duration, flag, ipAddress, port, readSettings, SettingsError, url, wholeNumber } from './settings.ts';

const schema = z.object({
  PORT: port().prefault('8080'),
  GRACE: duration({ min: '1s', max: '7d' }).prefault('1h'),
  BATCH: wholeNumber(1, 100).prefault('10'),
  VERBOSE: flag().prefault('false'),
  PUBLIC_BASE_URL: url('http:', 'https:').describe('where Twilio reaches this service'),
  API_TOKEN: z.string().min(16, 'give at least 16 characters').describe('the bearer token'),
});
const good = { PUBLIC_BASE_URL: 'https://calls.example.com', API_TOKEN: '0123456789abcdef' };

function complaint(environment: Record<string, string>): string {
  try {
    readSettings(schema, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

test('fills in defaults and reads units', () => {
  expect(readSettings(schema, { ...good, GRACE: '90s', VERBOSE: 'true' })).toEqual({
    ...good,
    PORT: 8080,
    GRACE: 90_000,
    BATCH: 10,
    VERBOSE: true,
  });
});

test('takes an empty value as absent, as Compose and .env files write it', () => {
  expect(readSettings(schema, { ...good, PORT: '', GRACE: '  ' })).toMatchObject({ PORT: 8080, GRACE: 3_600_000 });
});

test('ignores what it does not know', () => {
  expect(readSettings(schema, { ...good, PATH: '/bin' })).not.toHaveProperty('PATH');
});

test('names every bad value in one message, with its remedy', () => {
  const message = complaint({
    ...good,
    PORT: '99999',
    GRACE: '1 hour',
    BATCH: '0',
    VERBOSE: 'yes',
    PUBLIC_BASE_URL: 'x',
  });
  expect(message).toContain('PORT is "99999": give a whole number from 0 to 65535');
  expect(message).toContain('GRACE is "1 hour": give a duration such as');
  expect(message).toContain('BATCH is "0": give a whole number from 1 to 100');
  expect(message).toContain('VERBOSE is "yes": give true or false');
  expect(message).toContain('give a URL starting with http:// or https://');
});

// "TOKEN_LIFETIME_MAX has a value that is not usable": whoever wrote "1 year" was not told what was read.
test.each([
  ['TOKEN_LIFETIME_MAX', '1 year', 'TOKEN_LIFETIME_MAX is "1 year": no'],
  ['FAILED_TOKENS_PER_MINUTE', 'few', 'FAILED_TOKENS_PER_MINUTE is "few": no'],
  ['RECORDING_KEYS_FILE', 'keys', 'RECORDING_KEYS_FILE is "keys": no'],
  ['TWILIO_AUTH_TOKEN_NEXT', 'hush', 'TWILIO_AUTH_TOKEN_NEXT has a value that is not usable: no'],
  ['AWS_SECRET_ACCESS_KEY', 'hush', 'AWS_SECRET_ACCESS_KEY has a value that is not usable: no'],
])('shows the value of a number about secrets, and never a secret: %s', (name, value, said) => {
  const picky = z.object({ [name]: z.string().refine(() => false, 'no') });
  expect(() => readSettings(picky, { [name]: value })).toThrow(said);
});

test('says what a missing setting is for instead of what a validator thinks', () => {
  const message = complaint({});
  expect(message).toContain('PUBLIC_BASE_URL is missing: where Twilio reaches this service');
  expect(message).not.toMatch(/undefined|expected string/);
});

// An operator set half of a pair and was told what the other half is, not why it is needed all of a sudden.
test('says why a setting is missing that only another one makes necessary', () => {
  const pair = z
    .object({ USER: z.string().optional(), SECRET: z.string().optional().describe('its secret') })
    .refine(({ USER, SECRET }) => USER === undefined || SECRET !== undefined, {
      path: ['SECRET'],
      error: 'a USER needs it',
    });
  expect(() => readSettings(pair, { USER: 'me' })).toThrow('SECRET is missing: a USER needs it');
});

test('never prints a secret, and a URL only where it has no place for one', () => {
  expect(complaint({ ...good, API_TOKEN: 'short-secret' })).not.toContain('short-secret');
  expect(complaint({ ...good, PUBLIC_BASE_URL: 'calls.example.com' })).toContain(
    'PUBLIC_BASE_URL is "calls.example.com": give a URL starting with http:// or https://',
  );
  for (const url of ['ftp://user:hunter2@host', 'ftp://host?password=hunter2', 'user:hunter2/@host']) {
    expect(complaint({ ...good, PUBLIC_BASE_URL: url })).not.toContain('hunter2');
  }
});

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
  ])('%s is %d ms', (text, ms) => {
    expect(duration().parse(text)).toBe(ms);
  });

  test.each(['', '5', 's', '-5s', '5 s', '5S', '1e3s', 'NaNs'])('refuses %j', (text) => {
    expect(duration().safeParse(text).success).toBe(false);
  });
});

// The name that everybody gives it was refused with an example of what it stands for.
test('localhost is the loopback address', () => {
  const read = (text: string) =>
    readSettings(z.object({ LISTEN_HOST: ipAddress() }), { LISTEN_HOST: text }).LISTEN_HOST;
  expect(read('localhost')).toBe('127.0.0.1');
  expect(() => read('calls.example.com')).toThrow('give an IP address');
});
