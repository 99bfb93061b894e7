import { createEvent, messageRequested } from '@onrecord/shared/events';
import { toRecord } from '@onrecord/shared/events/kafka-binding';
import { expect, onTestFinished, test } from 'vitest';
import { controlledEventLog } from './testing/event-log.ts';
import { ACCOUNT, sid } from './testing/signed-request.ts';
import { callback, startedIngest } from './testing/started-ingest.ts';

async function start(eventLog = controlledEventLog()) {
  const ingest = await startedIngest({ MESSAGING: 'true' }, eventLog);
  onTestFinished(() => ingest.service.stop());
  return ingest;
}

test('callbacks are answered while the event log is away at start, and messages are sent once it is back', async () => {
  const eventLog = controlledEventLog();
  eventLog.goAway();
  const { at } = await start(eventLog);
  expect((await callback(at)).status).toBe(503);
  eventLog.comeBack();
  expect((await callback(at)).status).toBe(204);
  await expect.poll(() => eventLog.readers).toHaveLength(1);
});

test('a message of an account that is not configured fails and says so, and is not left in silence', async () => {
  const { eventLog, lines } = await start();
  const accountSid = sid('AC', '9');
  expect(accountSid).not.toBe(ACCOUNT);
  const requested = createEvent(
    messageRequested,
    {
      accountSid,
      callSid: sid('CA'),
      to: '+14155550100',
      from: '+14155550199',
      body: 'Sorry.',
      reason: 'dial-busy',
      requestedAt: new Date().toISOString(),
    },
    { time: new Date().toISOString() },
  );
  await expect.poll(() => eventLog.readers).toHaveLength(1);
  const record = { ...toRecord(requested), partition: 0, offset: 0n, appendedAt: new Date() };
  eventLog.readers[0]?.onRecords([record]);
  await expect.poll(() => eventLog.appended.length).toBe(1);
  const value = JSON.parse(Buffer.from(eventLog.appended[0]?.value ?? '').toString());
  expect(value).toMatchObject({ accountSid, cause: 'account-not-configured' });
  await expect.poll(() => lines.map(({ msg }) => msg)).toContainEqual(expect.stringContaining('ACCOUNTS_FILE'));
});
