import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openEventLog } from './open.ts';

// It once said "the database did not open the event log: ECONNREFUSED", of which database nobody knew.
test('a log that is away is told with the setting and what to do, and without its password', async () => {
  const options = { clientId: 'test', logger: pino({ level: 'silent' }), partitions: 1, retentionMs: 86_400_000 };
  const error = await openEventLog({ ...options, url: 'postgres://user:hunter2@127.0.0.1:1/events' }).catch(String);
  expect(error).toMatch(
    /the event log of EVENTS_URL cannot be used \(.*ECONNREFUSED.*\): start it, or correct EVENTS_URL/,
  );
  expect(error).not.toContain('hunter2');
});
