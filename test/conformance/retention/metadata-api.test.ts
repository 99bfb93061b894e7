import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

const get = async (path: string) => {
  const { status, json } = await api.send(path);
  return { status, ...json };
};

it('what was removed is said to be removed, and when, by every address of it', async () => {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const { test } = api;
  // Never came to be at Twilio: nothing of it has to be deleted first.
  await test.take(legReported(callSid), recordingCompleted(sid, { callSid }, { status: 'absent' }));
  expect((await get(`/v1/calls/${callSid}`)).legs).toHaveLength(1);
  await test.pool.query('update ledger.recordings set metadata_due_at = $1, planned_with = $2', [at(2), '']);
  const source = `name: short
defaults:
  consent: { mode: none }
  periods: { audio: 1d, transcript: 1d, providerResponse: 1d, metadata: 2d, numbers: 1d }`;
  const { json: draft } = await api.send('/v1/policies', { method: 'POST', body: { source } });
  const confirm = { method: 'POST', body: { confirm: { dueNow: 9 } } } as const;
  expect((await api.send(`/v1/policies/${draft.id}/activation`, confirm)).status).toBe(200);
  test.now = at(3 * 1_440);
  await test.ledger.forgetRecordings(test.now, 10);

  const removed = { status: 200, metadataRemovedAt: test.now.toISOString() };
  // It was called deleted, which nothing certifies: there was nothing to delete.
  expect(await get(`/v1/recordings/${sid}`)).toMatchObject({ ...removed, state: 'absent' });
  expect(await get(`/v1/calls/${callSid}`)).toMatchObject({ ...removed, legs: [] });
  const told = 'What was known of it was removed on 2026-03-04, when the period of its metadata was over.';
  expect(await get(`/v1/calls/${callSid}/diagnosis`)).toMatchObject({ status: 200, explanation: [told] });
  expect(await get(`/v1/recordings/${sid}/decision`)).toMatchObject({
    status: 410,
    detail: expect.stringContaining(told),
  });
  const { json: list } = await api.send(`/v1/recordings?accountSid=${ACCOUNT}`);
  expect(list.recordings).toMatchObject([{ recordingSid: sid, metadataRemovedAt: removed.metadataRemovedAt }]);
  await test.take(legReported(callSid), consentOf({ callSid }, 'refused'));
  expect((await get(`/v1/calls/${callSid}`)).legs).toEqual([]);

  // The answer was said to have been recorded before, and the tags were written where no sweep looks for them.
  const rows = async () => {
    const tables = [
      'ledger.consents',
      'ledger.tags',
      'ledger.audit_entries',
      'messaging.processed_events',
      'messaging.outbox',
    ];
    const counts = tables.map((table) => test.pool.query(`select from ${table}`));
    return (await Promise.all(counts)).map(({ rowCount }) => rowCount);
  };
  const before = await rows();
  const gone = { status: 410, json: { detail: expect.stringContaining(told) } };
  expect(await api.post({ callSid, party: 'caller', outcome: 'refused' })).toMatchObject(gone);
  const tagged = { method: 'PUT', body: { tags: ['payment'] } };
  expect(await api.send(`/v1/calls/${callSid}/tags`, tagged)).toMatchObject(gone);
  const dated = { method: 'PUT', body: { deleteAfter: at(1).toISOString() } };
  expect(await api.send(`/v1/recordings/${sid}/retention`, dated)).toMatchObject(gone);
  expect(await rows()).toEqual(before);
});
