import { expect, test } from 'vitest';
import { metricsSource } from './metrics-source.ts';

test('what fails, or does not end, is unknown', async () => {
  expect(await metricsSource(() => Promise.reject(new Error('the database is away')))()).toBeUndefined();
  expect(await metricsSource(() => new Promise(() => undefined), 10)()).toBeUndefined();
});

test('one reading at a time serves everybody, and the next one reads anew', async () => {
  let readings = 0;
  const source = metricsSource(async () => ++readings);
  expect(await Promise.all([source(), source()])).toEqual([1, 1]);
  expect(await source()).toBe(2);
});

// Every scrape of a database that was frozen took another of its pool's connections.
test('a reading that hangs is not begun again', async () => {
  let readings = 0;
  const hanging = () => {
    readings += 1;
    return new Promise<never>(() => undefined);
  };
  const source = metricsSource(hanging, 10);
  expect([await source(), await source(), await source()]).toEqual([undefined, undefined, undefined]);
  expect(readings).toBe(1);
});
