import { expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings, SettingsError } from '../config/settings.ts';
import { eventLogSettings, toEventLogOptions } from './settings.ts';

const read = (environment: Record<string, string>) =>
  toEventLogOptions(readSettings(z.object(eventLogSettings), environment));

it('needs an address alone', () => {
  expect(read({ EVENTS_URL: 'kafka://a:9092,b:9092' })).toEqual({
    url: 'kafka://a:9092,b:9092',
    partitions: 12,
    retentionMs: 604_800_000,
    replicationFactor: undefined,
    minInSyncReplicas: undefined,
    allowSingleCopy: false,
    caFile: undefined,
    saslMechanism: 'scram-sha-512',
  });
});

it.each(['kafka://', 'kafka://a:b', 'http://a', 'mysql://a/b', 'postgres://'])(
  'says what an address looks like, not %s',
  (url) => {
    expect(() => read({ EVENTS_URL: url })).toThrow(/EVENTS_URL.*give kafka:\/\/host:9092/);
  },
);

it('names every bad value, and never a password', () => {
  const bad = {
    EVENTS_URL: 'kafka://user:hunter2@a:b',
    EVENTS_PARTITIONS: '0',
    EVENTS_RETENTION: '1m',
    EVENTS_SASL_MECHANISM: 'ntlm',
  };
  const failure = (() => {
    try {
      read(bad);
    } catch (error) {
      return error as SettingsError;
    }
    return undefined;
  })();
  expect(failure).toBeInstanceOf(SettingsError);
  for (const name of Object.keys(bad)) expect(failure?.message).toContain(name);
  expect(failure?.message).not.toContain('hunter2');
});
