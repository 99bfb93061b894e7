import { alertRaised, createEvent } from '@onrecord/shared/events';
import { expect, test } from 'vitest';
import { DEBUGGER, debuggerForm } from '../testing/alerts.ts';
import { listedAlert, listedNotification } from '../testing/resources.ts';
import { ACCOUNT, sid } from '../testing/signed-request.ts';
import { judgeResource } from './judge-resource.ts';
import { readAlertResource } from './read-alert-resource.ts';
import { readDebuggerAlert } from './read-debugger-alert.ts';
import type { Resource } from './resource.ts';

const SEEN_AT = '2026-11-21T10:00:00.000Z';
const context = { time: SEEN_AT };
const posted = () => {
  const reading = readDebuggerAlert(debuggerForm(), ACCOUNT, SEEN_AT);
  return 'alert' in reading ? reading.alert : undefined;
};

test.each([
  ['Monitor lists', listedAlert()],
  ['a call’s notifications list', listedNotification()],
])('an alert that %s is the event that the debugger webhook posts', (_, resource) => {
  const listed = readAlertResource(resource, ACCOUNT, SEEN_AT);
  const [a, b] = [listed, posted()].map((data) => data && createEvent(alertRaised, data, context));
  expect([a?.id, a?.subject, a?.type]).toEqual([b?.id, b?.subject, b?.type]);
  expect(listed).toMatchObject({
    alertSid: DEBUGGER.Sid,
    callSid: sid('CA'),
    level: 'error',
    errorCode: '11200',
    text: 'Bad Gateway',
    raisedAt: '2026-11-21T09:58:20.000Z',
  });
});

test('a text that is a form is taken apart, in whatever order, with an SIP response', () => {
  const alert_text = 'Msg&LogLevel=WARNING&sipResponse=503&url=https%3A%2F%2Fme%3Apw%40pbx.example';
  const read = readAlertResource(listedAlert({ alert_text, log_level: 'warning' }), ACCOUNT, SEEN_AT);
  expect(read).toMatchObject({ level: 'warning', sipResponseCode: 503, details: { url: 'https://***@pbx.example' } });
  expect(read.text).toBeUndefined();
});

test('an alert about something else than a call has no call', () => {
  const read = readAlertResource(listedAlert({ resource_sid: sid('RE') }), ACCOUNT, SEEN_AT);
  expect(read).toMatchObject({ callSid: undefined, resourceSid: sid('RE') });
});

test('an alert without a code or of another account is refused', () => {
  expect(() => readAlertResource(listedAlert({ error_code: null, alert_text: '' }), ACCOUNT, SEEN_AT)).toThrow(
    'error_code',
  );
  expect(() => readAlertResource(listedAlert({ account_sid: sid('AC', 'b') }), ACCOUNT, SEEN_AT)).toThrow('AccountSid');
});

test('an alert is left to its webhook for a while; what is no warning, or a subaccount’s, is nothing', () => {
  const createdMs = Date.parse('2026-11-21T09:58:21Z');
  const judge = (change: Resource, ageMs = 60_000) =>
    judgeResource('alert', listedAlert(change), { nowMs: createdMs + ageMs, graceMs: 30_000, accountSid: ACCOUNT });
  expect(judge({}, 20_000)).toBe('pending');
  expect(judge({})).toBe('final');
  expect(judge({ log_level: 'warning' })).toBe('final');
  expect(judge({ log_level: 'notice' })).toBe('nothing');
  expect(judge({ account_sid: sid('AC', 'b') })).toBe('nothing');
});
