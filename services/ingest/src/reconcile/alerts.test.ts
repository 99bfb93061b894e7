import type { AlertState } from '@onrecord/simulator/twilio/account-state';
import { expect, test } from 'vitest';
import { before, call, FIRST_MS, HOUR_MS, ids, NOW, setup } from '../testing/reconciling.ts';
import { ACCOUNT, sid } from '../testing/signed-request.ts';

let made = 0;
const alert = (change: Partial<AlertState> = {}): AlertState => {
  made += 1;
  const errorCode = change.errorCode ?? '13224';
  return {
    sid: `NO${made.toString(16).padStart(32, '0')}`,
    accountSid: ACCOUNT,
    resourceSid: sid('CA', '1'),
    level: 'ERROR',
    errorCode,
    moreInfo: { Msg: 'no such number', ErrorCode: errorCode, LogLevel: 'ERROR' },
    dateCreated: before(HOUR_MS),
    ...change,
  };
};

// Monitor's pages name monitor.twilio.com; a page is asked for where the first one was, and nowhere else.
test('every alert is published once, errors and warnings, over pages and days', async () => {
  const { state, reconciler, published, asked, place } = await setup();
  const alerts = Array.from({ length: 401 }, (_, index) =>
    alert({ level: index % 2 ? 'WARNING' : 'ERROR', dateCreated: before(HOUR_MS + index * 180_000) }),
  );
  for (const each of alerts) await state.saveAlert(each);
  await reconciler().run();
  expect(ids(published)).toEqual(alerts.map((each) => `alert:${each.sid}`).sort());
  expect(published[0]).toMatchObject({ data: { callSid: sid('CA', '1'), diagnosis: { key: 'twilio:13224' } } });
  expect(asked.some((url) => url.includes('/v1/Alerts?') && url.includes('PageToken='))).toBe(true);
  expect(place.watermark.alert).toBe(NOW.toISOString());
  await reconciler().run();
  expect(published).toHaveLength(401);
});

test('an alert whose webhook may be on its way holds the watermark', async () => {
  const { state, reconciler, published, place } = await setup();
  const fresh = alert({ dateCreated: before(30_000) });
  await state.saveAlert(fresh);
  await reconciler().run();
  expect(published).toEqual([]);
  expect(place.watermark.alert).toBe(fresh.dateCreated);
});

test('Monitor is asked for no more than it answers, however long nobody asked', async () => {
  const { reconciler, asked, place } = await setup();
  place.watermark = { alert: before(60 * FIRST_MS) };
  await reconciler().run();
  const [first] = asked.filter((url) => url.includes('/v1/Alerts'));
  const since = new URL(first ?? '').searchParams.get('StartDate');
  expect(Date.parse(since ?? '')).toBeGreaterThan(NOW.getTime() - 30 * FIRST_MS);
});

test('a failed call that no callback told of is asked about, once', async () => {
  const { state, reconciler, published, asked, place } = await setup();
  await state.saveCall(call('1', { status: 'failed' }));
  await state.saveCall(call('2'));
  // So old that the account's list is not asked for it any more.
  const cause = alert({ dateCreated: before(2 * HOUR_MS) });
  await state.saveAlert(cause);
  place.watermark = { alert: NOW.toISOString() };
  await reconciler().run();
  expect(published.map(({ id }) => id)).toEqual([
    `call:${sid('CA', '1')}:failed`,
    `call:${sid('CA', '2')}:completed`,
    `alert:${cause.sid}`,
  ]);
  await reconciler().run();
  expect(asked.filter((url) => url.includes('/Notifications.json'))).toHaveLength(1);
});

test('a failed call that Twilio says nothing more about does not keep the others from being reconciled', async () => {
  const { state, reconciler, published, lists } = await setup();
  await state.saveCall(call('1', { status: 'failed' }));
  await state.saveCall(call('2'));
  const refusing = {
    ...lists(),
    notifications: (_: string, signal: AbortSignal) => lists().notifications(sid('CA', '9'), signal),
  };
  await reconciler({ lists: refusing }).run();
  expect(published).toHaveLength(2);
});

test('a warning that nobody is told of a recording has the recording found', async () => {
  const { state, reconciler, make, published, place } = await setup();
  // So old that the list of recordings is not asked for it any more.
  const recording = make({
    callSid: sid('CA', '1'),
    dateCreated: before(5 * HOUR_MS),
    dateUpdated: before(4 * HOUR_MS),
  });
  await state.saveRecording(recording);
  await state.saveAlert(alert({ errorCode: '13256', level: 'WARNING' }));
  place.watermark = { recording: NOW.toISOString() };
  await reconciler().run();
  expect(ids(published)).toContain(`recording:${recording.sid}:completed`);
});

test('on demand an alert is shown with its code and its call, once', async () => {
  const { state, onDemand } = await setup();
  await state.saveCall(call('1', { status: 'failed' }));
  const cause = alert({ level: 'WARNING', errorCode: '32011' });
  await state.saveAlert(cause);
  const reports = await onDemand(true);
  expect(reports.slice(1)).toEqual([
    {
      found: {
        kind: 'alert',
        eventId: `alert:${cause.sid}`,
        status: 'warning 32011',
        callSid: sid('CA', '1'),
        at: cause.dateCreated,
        heard: false,
      },
    },
    { done: { found: 2, unheard: 2, published: 0 } },
  ]);
});
