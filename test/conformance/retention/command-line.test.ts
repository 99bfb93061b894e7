import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptDeletion } from '@onrecord/retention/deletions/delete-recording';
import { AUDIT_KINDS } from '@onrecord/retention/domain/audit-entry';
import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import { RECORDING_STATES } from '@onrecord/retention/domain/state';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, archived, consentOf, legReported, newSid, recordingCompleted, transcribed } from './facts.ts';
import { runOnrecord } from './onrecord-process.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

let api: RecordsApp;
let server: HttpServer;

beforeAll(async () => {
  api = await RecordsApp.start();
  server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
  await writeFile(join(api.folder, 'records-api.json'), JSON.stringify({ url: server.url, token: TOKEN }));
});
afterAll(async () => {
  await server?.close(1_000);
  await api?.close();
});

/** It finds the API by the data folder. */
const onrecord = (...args: string[]) => runOnrecord(args, { ONRECORD_DATA_DIR: api.folder });

async function withheldCall() {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  await api.test.take(recordingCompleted(sid, { callSid }));
  return { callSid, sid };
}

it('lists recordings, for people and for programs', async () => {
  const { sid } = await withheldCall();
  const { status, out } = await onrecord('recordings', '--state', 'waiting');
  expect(status).toBe(0);
  expect(out).toMatch(/^RECORDING +STATE +STARTED +LENGTH +WHY\n/);
  expect(out).toMatch(new RegExp(`${sid} +waiting +2026-03-01 09:59:00Z +0:12 +Nobody's agreement`));
  const listed = JSON.parse((await onrecord('recordings', '--json', '--limit', '1')).out);
  expect(listed).toHaveLength(1);
  expect((await onrecord('recordings', '--state', 'failed')).out).toBe('No recording is failed.\n');
});

it('follows the pages of a long list', async () => {
  await Promise.all(Array.from({ length: 220 }, withheldCall));
  const listed = JSON.parse((await onrecord('recordings', '--json', '--limit', '215')).out);
  expect(new Set(listed.map((each: { recordingSid: string }) => each.recordingSid)).size).toBe(215);
}, 120_000);

it('releases a recording by recording consent', async () => {
  const { callSid, sid } = await withheldCall();
  const { status, out } = await onrecord('consents', 'record', callSid, '--granted');
  expect(status).toBe(0);
  expect(out).toMatch(new RegExp(`^${sid} is cleared: Agreed to recording and transcription: caller of ${callSid}`));
  expect((await onrecord('consents', 'record', newSid('CF'), '--refused')).out).toContain('nothing is known of CF');
});

it('shows a recording with its transcript, and says that the words are invented', async () => {
  const { callSid, sid } = await withheldCall();
  const prefix = `${ACCOUNT}/${sid}/`;
  await api.store.put(`${prefix}transcript.txt`, Buffer.from('caller: hello\n'), { contentType: 'text/plain' });
  const warnings = [{ kind: 'shorter-than-reported', text: 'Twilio reported 60 s and served 41 s' }];
  await api.test.take(consentOf({ callSid }, 'granted'), archived(sid, callSid, prefix, { warnings }));
  await api.test.take(transcribed(sid, callSid, prefix));
  const { out } = await onrecord('recordings', 'show', sid);
  expect(out).toContain('2 turns, 9 words by simulator (simulated: the words are invented)');
  expect(out).toContain(`${'a'.repeat(64)}  ${prefix}media.wav`);
  expect(out).toMatch(/warning +Twilio reported 60 s and served 41 s/);
  expect(out).toMatch(/deletion +planned for 2026-03-31 10:01:00Z \(schedule\)/);
  expect(out).toMatch(/2026-03-01 10:01:00Z {2}decided: cleared +Agreed to recording/);
  expect((await onrecord('transcript', sid)).out).toBe('caller: hello\n');
});

// Where two accounts knew of the same SID, the records API asked which was meant, and no command could say it.
it('shows and lists what is of one account of several', async () => {
  const [callSid, sid, other] = [newSid('CA'), newSid('RE'), newSid('AC')];
  for (const accountSid of [ACCOUNT, other]) {
    const status = accountSid === other ? 'busy' : 'completed';
    await api.test.take(legReported(callSid, { accountSid, status }));
    await api.test.take(recordingCompleted(sid, { callSid }, { accountSid }));
  }
  for (const command of [
    ['recordings', 'show', sid],
    ['transcript', sid],
    ['diagnosis', callSid],
  ]) {
    const { status, err } = await onrecord(...command);
    expect({ status, err }).toEqual({
      status: 2,
      err: expect.stringMatching(`--account: say which .*: (${ACCOUNT}|${other}) or `),
    });
    expect((await onrecord(...command, '--account', newSid('AC'))).err).toMatch(/No recording|Nothing was reported/);
  }
  expect((await onrecord('recordings', 'show', sid, '--account', other)).out).toContain(sid);
  expect((await onrecord('transcript', sid, '--account', other)).err).toContain('has no transcript');
  expect((await onrecord('diagnosis', callSid, '--account', other)).out).toContain('ended as busy');
  const listed = JSON.parse((await onrecord('recordings', '--json', '--account', other)).out);
  expect(listed).toMatchObject([{ recordingSid: sid, accountSid: other }]);
  expect((await onrecord('consents', 'record', callSid, '--granted', '--account', other)).err).toContain(
    'is not configured',
  );
  expect((await onrecord('consents', 'record', callSid, '--granted', '--account', ACCOUNT)).out).toContain(
    `${sid} is cleared`,
  );
});

it('explains a call in plain words', async () => {
  const callSid = newSid('CA');
  await api.test.take(legReported(callSid, { status: 'busy', sipResponseCode: 486 }));
  const { status, out } = await onrecord('diagnosis', callSid);
  expect(status).toBe(0);
  expect(out).toMatch(
    /ended as busy, with SIP 486 \(Busy Here\)\.\nMost likely cause: The called party is busy\.\nTrying again/,
  );
  expect(JSON.parse((await onrecord('diagnosis', callSid, '--json')).out)).toMatchObject({
    diagnosis: { key: 'sip:486' },
  });
  expect((await onrecord('diagnosis', newSid('CA'))).status).toBe(3);
});

it('asks before it erases, and shows what is erased', async () => {
  expect(await onrecord('erasures', 'request', '+1 415 555 0177')).toMatchObject({ status: 2, out: '' });
  expect((await onrecord('erasures')).out).toBe('Nothing was asked to be erased.\n');
  expect((await onrecord('erasures', 'request', '415', '--yes')).err).toMatch(
    /"415" is no number with its country: write it as/,
  );
  const { status, out } = await onrecord('erasures', 'request', '+1', '415', '555', '0177', '--yes');
  expect([status, out]).toEqual([
    0,
    expect.stringMatching(/^Erasure [0-9a-f-]{36} is received; it covers what began until/),
  ]);
  const [{ erasureId }] = JSON.parse((await onrecord('erasures', '--json')).out);
  expect((await onrecord('erasures')).out).toMatch(new RegExp(`${erasureId} +received +2026-03-01`));
  expect((await onrecord('erasures', 'show', erasureId)).out).toMatch(
    /of psn_.* is received; .*\n\nRecordings: none\./,
  );
  expect((await onrecord('erasures', 'show', '123e4567-e89b-42d3-a456-426614174000')).status).toBe(3);
});

it('passes on what the API says is wrong, with a status of its own for what there is not', async () => {
  const sid = newSid('RE');
  expect(await onrecord('recordings', 'show', sid)).toEqual({
    status: 3,
    out: '',
    err: `onrecord: No recording ${sid} is known.\n`,
  });
});

it('says that the state is none, when it is none, and knows the same ones as the records API', async () => {
  const { status, err } = await onrecord('recordings', '--state', 'gone');
  expect(status).toBe(2);
  expect(err).toContain(`--state is "gone": give one of ${RECORDING_STATES.join(', ')}`);
});

it('knows the same kinds of audit entries as the records API', async () => {
  const { status, err } = await onrecord('audit', '--kind', 'gone');
  expect(status).toBe(2);
  expect(err).toContain(`--kind is "gone": give one of ${AUDIT_KINDS.join(', ')}`);
});

// For each of these there was curl alone.
it('lists what was answered, who read what and what is on record', async () => {
  const { callSid, sid } = await api.given('transcribed');
  await onrecord('consents', 'record', callSid, '--granted', '--purposes', 'share', '--expires', '2027-12-31');
  expect((await onrecord('consents', '--call', callSid, '--covers', 'share')).out).toMatch(
    new RegExp(`^ANSWERED .*\n.* granted +caller +${callSid} +operator +2027-12-31 00:00:00Z +share\n$`),
  );
  const all = JSON.parse((await onrecord('consents', '--all', '--json')).out);
  expect(all).toContainEqual(expect.objectContaining({ callSid, method: 'key-press' }));
  expect((await onrecord('accesses', '--recording', sid)).out).toContain('Nobody heard or read anything like that.');
  await onrecord('transcript', sid, '--purpose', 'complaint 4711');
  const { out } = await onrecord('accesses', '--recording', sid);
  expect(out).toMatch(new RegExp(`^WHEN .*\n.*Z +${sid} +text \\(txt\\) .* administrator .* complaint 4711\n$`));
  const { out: audit } = await onrecord('audit', '--recording', sid);
  expect(audit).toMatch(new RegExp(`^PLACE .*\n${ACCOUNT}/\\d+ +2026-03-01 .* decision.made +service .* ${sid}`));
  const entries = JSON.parse((await onrecord('audit', '--recording', sid, '--kind', 'access.granted', '--json')).out);
  expect(entries).toMatchObject([{ entry: { details: { purpose: 'complaint 4711' } } }]);
  expect(JSON.parse(entries[0].canonical)).toEqual(entries[0].entry);
}, 60_000);

it('sets when a recording goes, and what its call is tagged with', async () => {
  const { callSid, sid } = await api.given('transcribed');
  const set = (...args: string[]) => onrecord('recordings', 'set-retention', sid, ...args);
  expect((await set('--delete-after', '2999-01-01')).out).toBe(
    `${sid}: its deletion is planned for 2999-01-01 00:00:00Z (operator).\n`,
  );
  expect((await set('--by-schedule')).out).toMatch(/ planned for 2026-\S+ \S+ \(schedule\)\.\n$/);
  expect((await onrecord('calls', 'set-tags', callSid, 'payment')).out).toBe(
    `${callSid} is tagged payment; decided and planned again by that: ${sid}.\n`,
  );
  expect(await onrecord('calls', 'set-tags', callSid, '14155550100')).toMatchObject({
    status: 2,
    err: expect.stringContaining('TAG[0]: a tag is no place for a number'),
  });
  expect(await onrecord('calls', 'set-tags', newSid('CF'), 'payment')).toMatchObject({ status: 3 });
});

it('refuses a matter with a number in its name as a wrong command line', async () => {
  const { status, err } = await onrecord('matters', 'open', '+14155550100 case');
  expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(/^onrecord: NAME: .*telephone number/) });
});

it('lists and shows deletions, and prints their certificates', async () => {
  const { sid } = await withheldCall();
  const key = { accountSid: ACCOUNT, recordingSid: sid, deletion: 1 };
  const { ledger, clock } = api.test;
  await ledger.change(key, (entry) => ({
    entry: beginDeletion(entry, { cause: 'schedule', classes: ['audio'], now: clock() }),
    events: [],
  }));
  expect((await onrecord('deletions', 'list', '--status', 'running')).out).toMatch(
    new RegExp(`${sid}\\.1 +running +audio +schedule`),
  );
  const none = await onrecord('deletions', 'certificate', `${sid}.1`);
  expect(none.status).not.toBe(0);
  expect(none.err).toContain('the certificate is written when all is confirmed gone');

  const source = { deleteAndConfirm: () => Promise.reject(), look: () => Promise.reject() };
  await attemptDeletion(ledger, key, { objects: api.store, source, clock });
  expect((await onrecord('deletions', 'show', `${sid}.1`)).out).toMatch(
    /status +done[\s\S]*objects +0 deleted, confirmed/,
  );
  expect((await onrecord('deletions', 'certificate', `${sid}.1`)).out).toMatch(/^# Certificate of deletion/);
  const certificate = JSON.parse((await onrecord('deletions', 'certificate', `${sid}.1`, '--json')).out);
  expect(certificate).toMatchObject({ deletionId: `${sid}.1`, data: ['audio'] });
  expect((await onrecord('deletions', 'show', sid)).err).toContain('is no deletion');
}, 60_000);
