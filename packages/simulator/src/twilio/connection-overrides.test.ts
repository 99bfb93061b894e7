import { expect, test } from 'vitest';
import { connectionSettings } from './connection-overrides.ts';

test('without overrides Twilio retries once, and only a failed connection, within 15 s', () => {
  expect(connectionSettings('https://example.com/a')).toEqual({
    connectTimeoutMs: 5_000,
    readTimeoutMs: 15_000,
    totalTimeoutMs: 15_000,
    retries: 1,
    retryOn: ['ct'],
  });
});

test('the URL’s fragment says otherwise', () => {
  expect(connectionSettings('https://example.com/a#rc=3&rp=4xx,5xx&ct=2000&rt=3000&tt=9000')).toEqual({
    connectTimeoutMs: 2_000,
    readTimeoutMs: 3_000,
    totalTimeoutMs: 9_000,
    retries: 3,
    retryOn: ['4xx', '5xx'],
  });
  expect(connectionSettings('https://example.com/a#rp=all').retryOn).toEqual(['ct', 'rt', '4xx', '5xx']);
});

test('what is out of bounds changes nothing', () => {
  expect(connectionSettings('https://example.com/a#rc=6&ct=99&rt=x&tt=15001&rp=sometimes')).toEqual(
    connectionSettings('https://example.com/a'),
  );
});
