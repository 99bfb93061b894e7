import { expect, test } from 'vitest';
import { before, call, FIRST_MS, HOUR_MS, ids, NOW, setup } from '../testing/reconciling.ts';
import { ACCOUNT, sid } from '../testing/signed-request.ts';

test('every recording and call that Twilio has is published once, over pages and days, and not again', async () => {
  const { state, reconciler, make, published, place, asked, told } = await setup();
  const recordings = Array.from({ length: 450 }, (_, index) =>
    make({ dateCreated: before(HOUR_MS + index * 180_000), dateUpdated: before(HOUR_MS) }),
  );
  for (const each of recordings) await state.saveRecording(each);
  await state.saveCall(call('1'));
  await state.saveCall(call('2', { parentCallSid: sid('CA', '1'), status: 'busy' }));
  await reconciler().run();
  expect(ids(published)).toEqual(
    [
      ...recordings.map((each) => `recording:${each.sid}:completed`),
      `call:${sid('CA', '1')}:completed`,
      `call:${sid('CA', '2')}:busy`,
    ].sort(),
  );
  expect(published.find(({ id }) => id.endsWith(':busy'))?.data).toMatchObject({ diagnosis: { key: 'call:busy' } });
  expect(told.at(-1)).toBe(NOW.toISOString());
  // By this, retention knows what was asked for.
  for (const { data } of published) expect(data).toMatchObject({ parameters: { sid: expect.any(String) } });
  expect(asked.every((url) => url.includes('PageSize=200'))).toBe(true);
  expect(asked.some((url) => url.includes('PageToken='))).toBe(true);
  await reconciler().run();
  expect(published).toHaveLength(452);
  expect(place.watermark).toEqual({ recording: NOW.toISOString(), call: NOW.toISOString(), alert: NOW.toISOString() });
});

test('what a callback told is left alone', async () => {
  const { state, reconciler, make, published, heard } = await setup();
  const recording = make();
  await state.saveRecording(recording);
  heard.add(`recording:${recording.sid}:completed`);
  await reconciler().run();
  expect(published).toEqual([]);
});

// A recording that took longer than the overlap to be processed was once passed by, and never heard of.
test('a recording that is processed holds the watermark until it is done', async () => {
  const { state, reconciler, make, published, place } = await setup();
  const recording = make({ status: 'processing', dateCreated: before(5 * HOUR_MS), dateUpdated: before(4 * HOUR_MS) });
  place.watermark = { recording: before(FIRST_MS), call: NOW.toISOString() };
  await state.saveRecording(recording);
  await reconciler().run();
  expect(published).toEqual([]);
  expect(place.watermark).toMatchObject({ recording: recording.dateCreated, call: NOW.toISOString() });
  place.clock = new Date(NOW.getTime() + 10 * HOUR_MS);
  await state.saveRecording({ ...recording, status: 'completed', dateUpdated: NOW.toISOString() });
  await reconciler().run();
  await reconciler().run();
  expect(ids(published)).toEqual([`recording:${recording.sid}:completed`]);
  expect(place.watermark.recording).toBe(place.clock.toISOString());
});

// A recording of two hours that Twilio listed only once it was processed was behind the watermark, and its overlap, when it came.
test('a long recording that is in no list before it is processed is found after its call has ended', async () => {
  const { state, faults, reconciler, make, published, place } = await setup();
  faults.delayLists({ processedRecordingsOnly: true });
  const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000).toISOString();
  const underway = call('1', { status: 'in-progress', startTime: before(HOUR_MS), endTime: null });
  const recording = make({ callSid: underway.sid, status: 'processing', dateCreated: before(HOUR_MS) });
  await state.saveCall(underway);
  await state.saveRecording(recording);
  const runAt = async (count: number) => {
    place.clock = new Date(minutes(count));
    await reconciler().run();
  };
  for (const count of [0, 5, 60, 100]) await runAt(count);
  await state.saveCall({ ...underway, status: 'completed', endTime: minutes(101), dateUpdated: minutes(101) });
  for (const count of [105, 110, 115]) await runAt(count);
  await state.saveRecording({ ...recording, status: 'completed', dateUpdated: minutes(118) });
  await runAt(120);
  expect(ids(published)).toEqual([`call:${underway.sid}:completed`, `recording:${recording.sid}:completed`]);
  for (const count of [200, 205]) await runAt(count);
  expect(place.watermark).toMatchObject({ recording: minutes(200), call: minutes(205) });
});

// The recording began with the conference; those who began it had left hours ago, and the calls that were left had come later.
test('the recording of a conference is found, however long ago its first callers left', async () => {
  const { state, faults, reconciler, make, published, place } = await setup();
  faults.delayLists({ processedRecordingsOnly: true });
  const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000).toISOString();
  const conference = {
    sid: sid('CF'),
    accountSid: ACCOUNT,
    friendlyName: 'support',
    status: 'in-progress' as const,
    dateCreated: before(HOUR_MS),
    dateUpdated: before(HOUR_MS),
  };
  const recording = make({
    callSid: null,
    conferenceSid: conference.sid,
    status: 'processing',
    dateCreated: before(HOUR_MS),
  });
  const later = call('2', { status: 'in-progress', startTime: minutes(10), endTime: null });
  await state.saveConference(conference);
  await state.saveCall(call('1', { startTime: before(HOUR_MS), endTime: minutes(-10), dateUpdated: minutes(-10) }));
  await state.saveCall(later);
  await state.saveRecording(recording);
  const runAt = async (count: number) => {
    place.clock = new Date(minutes(count));
    await reconciler().run();
  };
  for (const count of [0, 75, 80, 140]) await runAt(count);
  await state.saveCall({ ...later, status: 'completed', endTime: minutes(150), dateUpdated: minutes(150) });
  await state.saveConference({ ...conference, status: 'completed', dateUpdated: minutes(150) });
  for (const count of [155, 160]) await runAt(count);
  await state.saveRecording({ ...recording, status: 'completed', dateUpdated: minutes(165) });
  await runAt(170);
  expect(ids(published)).toContain(`recording:${recording.sid}:completed`);
  for (const count of [230, 235]) await runAt(count);
  expect(place.watermark).toMatchObject({ recording: minutes(230), call: minutes(235) });
});

test('while the conferences cannot be listed calls are found', async () => {
  const { state, reconciler, published, place, lists } = await setup();
  await state.saveCall(call('1'));
  const { pages, ...others } = lists();
  const refusing = {
    ...others,
    pages: (...[kind, ...rest]: Parameters<typeof pages>) =>
      (kind === 'conference' ? lists('wrong') : lists()).pages(kind, ...rest),
  };
  await reconciler({ lists: refusing }).run();
  expect(ids(published)).toEqual([`call:${sid('CA', '1')}:completed`]);
  expect(place.watermark.call).toBe(NOW.toISOString());
});

test('while the calls cannot be listed recordings are found, and asked for no longer than one can take', async () => {
  const { state, reconciler, make, published, place, lists } = await setup();
  await state.saveRecording(make());
  place.watermark = { recording: before(5 * FIRST_MS), call: before(5 * FIRST_MS) };
  const { pages, ...others } = lists();
  const refusing = {
    ...others,
    pages: (...[kind, ...rest]: Parameters<typeof pages>) =>
      (kind === 'call' ? lists('wrong') : lists()).pages(kind, ...rest),
  };
  await expect(reconciler({ lists: refusing }).run()).rejects.toThrow('401');
  expect(published).toHaveLength(1);
  expect(place.watermark.recording).toBe(before(2 * FIRST_MS));
});

test('a call that was cancelled while it waited in the queue is found, however long it waited', async () => {
  const { state, reconciler, published, place } = await setup();
  const waiting = call('3', { status: 'queued', startTime: null, endTime: null, duration: null });
  await state.saveCall(waiting);
  await reconciler().run();
  expect(place.watermark.call).toBe(waiting.dateCreated);
  place.clock = new Date(NOW.getTime() + 10 * HOUR_MS);
  await state.saveCall({ ...waiting, status: 'canceled', dateUpdated: NOW.toISOString() });
  await reconciler().run();
  expect(published).toMatchObject([{ id: `call:${waiting.sid}:canceled`, data: { occurredAt: NOW.toISOString() } }]);
});

test('of calls that were never dialled only those since the beginning of the look are paged through', async () => {
  const { state, reconciler, published, asked } = await setup();
  for (let index = 0; index < 450; index += 1) {
    const dateCreated = before(3 * FIRST_MS + index * 1_000);
    const old = { sid: `CA${index.toString(16).padStart(32, '0')}`, status: 'canceled' as const, startTime: null };
    await state.saveCall(call('0', { ...old, dateCreated, dateUpdated: dateCreated }));
  }
  await reconciler().run();
  expect(published).toEqual([]);
  expect(asked.filter((url) => url.includes('Status=canceled'))).toHaveLength(1);
});

// Twilio's lists are eventually consistent: what was not in them yet was behind the watermark when it came.
test('a recording that the list shows only later is found', async () => {
  const { state, reconciler, make, published } = await setup();
  await reconciler().run();
  const late = make({ dateCreated: before(HOUR_MS / 2), dateUpdated: before(HOUR_MS / 3) });
  await state.saveRecording(late);
  await reconciler().run();
  expect(ids(published)).toEqual([`recording:${late.sid}:completed`]);
});

// A clock that was a year ahead once wrote a watermark that no look ever came up to again, and nothing was asked any more.
test('a watermark of a clock that was ahead keeps nothing from being found, once it is right', async () => {
  const { state, reconciler, make, published, place } = await setup();
  const one = reconciler();
  place.clock = new Date(NOW.getTime() + 365 * FIRST_MS);
  await one.run();
  expect(place.watermark.call).toBe(place.clock.toISOString());
  place.clock = NOW;
  const [recording, ended] = [make(), call('1')];
  await state.saveRecording(recording);
  await state.saveCall(ended);
  await one.run();
  expect(ids(published)).toEqual([`call:${ended.sid}:completed`, `recording:${recording.sid}:completed`]);
  await one.run();
  expect(place.watermark).toEqual({ recording: NOW.toISOString(), call: NOW.toISOString(), alert: NOW.toISOString() });
});

test('a clock that is a little ahead costs no overlap', async () => {
  const { state, reconciler, make, published, place } = await setup();
  const ahead = new Date(NOW.getTime() + 30 * 60_000).toISOString();
  place.watermark = { recording: ahead, call: ahead, alert: ahead };
  const late = make({ dateCreated: before(HOUR_MS - 60_000), dateUpdated: before(HOUR_MS / 2) });
  await state.saveRecording(late);
  await reconciler().run();
  expect(ids(published)).toEqual([`recording:${late.sid}:completed`]);
  expect(place.watermark.recording).toBe(ahead);
});

test('429 is waited out', async () => {
  const { state, faults, reconciler, make, published, asked } = await setup();
  await state.saveRecording(make());
  faults.failNext({ status: 429, count: 2, retryAfterSeconds: 0 });
  await reconciler().run();
  expect(published).toHaveLength(1);
  expect(asked.filter((url) => url === asked[0])).toHaveLength(3);
});

test('while Twilio answers nothing but errors the watermark stays at its first beginning', async () => {
  const { state, faults, reconciler, make, published, place } = await setup();
  const recording = make({ dateCreated: before(FIRST_MS - HOUR_MS), dateUpdated: before(20 * HOUR_MS) });
  await state.saveRecording(recording);
  faults.failNext({ status: 503, count: 3 });
  const first = reconciler();
  await expect(first.run()).rejects.toThrow('Twilio answers 503');
  place.clock = new Date(NOW.getTime() + 30 * HOUR_MS);
  await first.run();
  expect(ids(published)).toEqual([`recording:${recording.sid}:completed`]);
});

test('a watermark is not moved by what could not be published', async () => {
  const { state, reconciler, make, published, place } = await setup();
  await state.saveRecording(make());
  place.watermark = { call: NOW.toISOString() };
  place.isAway = true;
  const one = reconciler();
  await expect(one.run()).rejects.toThrow('the log is away');
  expect(place.watermark.recording).toBe('2026-11-21T00:00:00.000Z');
  place.isAway = false;
  await one.run();
  expect(published).toHaveLength(1);
});

test('a run that has no time left goes on where it was', async () => {
  const { state, reconciler, make, published } = await setup();
  for (let count = 0; count < 401; count += 1) await state.saveRecording(make());
  const one = reconciler({ runMs: 0 });
  const sizes: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    await one.run();
    sizes.push(published.length);
  }
  expect(new Set(sizes)).toEqual(new Set([0, 200, 400, 401]));
});

test('wrong credentials are named, and not tried again', async () => {
  const { reconciler, lists, asked } = await setup();
  await expect(reconciler({ lists: lists('wrong') }).run()).rejects.toThrow('Twilio refuses the credentials (401)');
  expect(asked).toHaveLength(1);
});

test('one item that cannot be read does not keep the others from being published', async () => {
  const { state, reconciler, make, published } = await setup();
  await state.saveRecording(make({ accountSid: sid('AC', 'f') }));
  await state.saveRecording(make());
  await reconciler().run();
  expect(published).toHaveLength(1);
});

test('on demand everything is found, and published unless it is only looked at; the watermark stays', async () => {
  const { state, onDemand, make, published, place, heard } = await setup();
  const [known, lost] = [make(), make({ status: 'absent', dateUpdated: NOW.toISOString() })];
  await state.saveRecording(known);
  await state.saveRecording(lost);
  heard.add(`recording:${known.sid}:completed`);
  const looked = await onDemand(true);
  expect(published).toEqual([]);
  expect(looked).toContainEqual({
    found: {
      kind: 'recording',
      eventId: `recording:${lost.sid}:absent`,
      status: 'absent',
      at: lost.dateCreated,
      heard: false,
    },
  });
  expect(looked.at(-1)).toEqual({ done: { found: 2, unheard: 1, published: 0 } });
  expect((await onDemand(false)).at(-1)).toEqual({ done: { found: 2, unheard: 1, published: 2 } });
  expect(ids(published)).toEqual([`recording:${known.sid}:completed`, `recording:${lost.sid}:absent`].sort());
  expect(place.watermark).toEqual({});
});
