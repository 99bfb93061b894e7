import { onTelephony } from '@onrecord/retention/on-telephony';
import { alertRaised, createEvent, type DataOf } from '@onrecord/shared/events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

const alert = (callSid: string, errorCode: string, fields: Partial<DataOf<typeof alertRaised>> = {}) =>
  createEvent(
    alertRaised,
    {
      accountSid: ACCOUNT,
      alertSid: newSid('NO'),
      callSid,
      level: 'warning',
      errorCode,
      raisedAt: at(1).toISOString(),
      ...fields,
    },
    { time: at(1).toISOString() },
  );

it('a failed call is explained by its status, its SIP response, its alerts and the legs that it dialled', async () => {
  const [callSid, child] = [newSid('CA'), newSid('CA')];
  const warned = alert(callSid, '32011', { text: 'sip:pbx.example does not answer', details: { sipUri: 'x' } });
  // The alert comes before anything is known of the call, twice, as alerts do.
  await api.test.take(warned, warned);
  await api.test.take(
    legReported(callSid),
    legReported(child, { parentCallSid: callSid, status: 'failed', sipResponseCode: 408 }),
  );
  const { status, json } = await api.send(`/v1/calls/${callSid}/diagnosis`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    accountSid: ACCOUNT,
    callSid,
    causedBy: child,
    diagnosis: { key: 'sip:408', isKnown: true, evidence: ['sip:408', 'twilio:32011', 'call:failed'] },
    legs: [
      { callSid, status: 'completed' },
      { callSid: child, parentCallSid: callSid, sipResponseCode: 408, diagnosis: { key: 'sip:408' } },
    ],
    alerts: [{ errorCode: '32011', level: 'warning', text: 'sip:pbx.example does not answer' }],
  });
  expect(json.explanation.join('\n')).toMatch(
    /SIP 408 \(Request Timeout\).*Most likely cause: The other side did not answer/s,
  );
});

it('a code that the callback alone carried is not forgotten', async () => {
  const callSid = newSid('CA');
  const carried = {
    catalogueVersion: 1,
    key: 'twilio:32001',
    isKnown: true,
    name: 'SIP: Trunk CPS limit exceeded',
    cause: 'too many',
    retry: { helps: 'later' as const, when: 'slower' },
    fix: 'slower',
    evidence: ['twilio:32001', 'call:failed'],
  };
  await api.test.take(legReported(callSid, { status: 'failed', diagnosis: carried }));
  expect((await api.send(`/v1/calls/${callSid}/diagnosis`)).json).toMatchObject({ diagnosis: { key: 'twilio:32001' } });
});

it('a call that went well needs no explanation', async () => {
  const callSid = newSid('CA');
  await api.test.take(legReported(callSid));
  const { json } = await api.send(`/v1/calls/${callSid}/diagnosis`);
  expect(json).not.toHaveProperty('diagnosis');
  expect(json.explanation.at(-1)).toMatch(/Nothing went wrong/);
});

it('as another account’s there is neither the call nor its alerts', async () => {
  const callSid = newSid('CA');
  await api.test.take(legReported(callSid, { status: 'busy' }), alert(callSid, '11200'));
  expect((await api.send(`/v1/calls/${callSid}/diagnosis`)).status).toBe(200);
  expect((await api.send(`/v1/calls/${callSid}/diagnosis?accountSid=${newSid('AC')}`)).status).toBe(404);
});

it('of what nothing was reported there is nothing to explain', async () => {
  expect((await api.send(`/v1/calls/${newSid('CA')}/diagnosis`)).status).toBe(404);
  expect((await api.send('/v1/calls/CA1/diagnosis')).status).toBe(400);
});

it('alerts about no call are kept, and an alert changes no decision', async () => {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  await api.test.take(recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
  await api.test.published();
  const decided: unknown[] = [];
  const deps = {
    ledger: api.test.ledger,
    clock: api.test.clock,
    onDecision: (entry: unknown) => void decided.push(entry),
    onNews: () => undefined,
  };
  const aboutNone = alert(callSid, '20003', { callSid: undefined, alertSid: newSid('NO') });
  for (const event of [alert(callSid, '13201'), aboutNone]) await onTelephony(event, deps);
  expect(decided).toEqual([]);
  expect(await api.test.published()).toEqual([]);
  const { rows } = await api.test.pool.query('select call_sid from ledger.alerts where alert_sid = $1', [
    aboutNone.data.alertSid,
  ]);
  expect(rows).toEqual([{ call_sid: null }]);
});

// Postgres refuses a text with a NUL: a callback's %00 sent a fact that it had signed for to the dead letters.
it('a NUL in what Twilio sent is left out, and the rest is kept', async () => {
  const callSid = newSid('CA');
  const from = '+1415\u00005550101';
  await api.test.take(legReported(callSid, { from, status: 'failed', parameters: { 'Caller\0Name': 'a\0b' } }));
  await api.test.take(recordingCompleted(newSid('RE'), { callSid }, { recordingSource: 'Dial\0Verb' }));
  await api.test.take(alert(callSid, '11200', { text: 'x\0y', details: { 'a\0': '\0' } }));
  const { rows } = await api.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
  expect(rows).toEqual([{ from_number: '+14155550101' }]);
  expect((await api.send(`/v1/calls/${callSid}/diagnosis`)).json).toMatchObject({
    alerts: [{ errorCode: '11200', text: 'xy' }],
  });
});

it('nothing unexpected happened', () => {
  expect(api.errors).toEqual([]);
});
