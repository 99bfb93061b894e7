import { classify } from '@onrecord/shared/diagnosis/classify';
import {
  alertRaised,
  callStatusChanged,
  consentRecorded,
  createEvent,
  type DataOf,
  type OnrecordEvent,
} from '@onrecord/shared/events';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createFactMetrics } from './fact-metrics.ts';

const AT = '2026-11-21T10:00:00.000Z';
const sid = (prefix: string, digit = 'a') => prefix + digit.repeat(32);

const leg = (fields: Partial<DataOf<typeof callStatusChanged>>, time = AT): OnrecordEvent =>
  createEvent(
    callStatusChanged,
    {
      accountSid: sid('AC'),
      callSid: sid('CA'),
      status: 'completed',
      direction: 'inbound',
      occurredAt: time,
      parameters: {},
      ...fields,
    },
    { time },
  );

/** Counts facts that are news since `AT`, and tells what a scrape would read. */
function counting() {
  const registry = new Registry();
  const valuesOf = async (name: string) => {
    const metric = await registry.getSingleMetric(`onrecord_${name}_total`)?.get();
    return metric?.values.map(({ labels, value }) => ({ ...labels, value }));
  };
  return { count: createFactMetrics(registry, new Date(AT)), valuesOf };
}

test('a leg counts when it ends, by how and by which cause', async () => {
  const { count, valuesOf } = counting();
  const diagnosis = classify({ callStatus: 'busy', sipResponseCode: 486 });
  for (const fields of [{ status: 'ringing' }, {}, { status: 'busy', direction: 'outbound-dial', diagnosis }]) {
    count(leg(fields));
  }
  expect(await valuesOf('call_legs_ended')).toEqual([
    { status: 'completed', direction: 'inbound', value: 1 },
    { status: 'busy', direction: 'outbound-dial', value: 1 },
  ]);
  expect(await valuesOf('call_leg_failures')).toEqual([{ cause: 'sip:486', value: 1 }]);
});

// A label whose values somebody else chooses would make a new time series of every value.
test('values that nobody knows, and codes that the catalogue does not, share one label', async () => {
  const { count, valuesOf } = counting();
  for (const [index, errorCode] of ['99901', '99902'].entries()) {
    const diagnosis = classify({ errorCodes: [errorCode] });
    count(leg({ status: 'failed', direction: `sideways-${index}`, diagnosis }));
    const alert = { accountSid: sid('AC'), alertSid: sid('NO'), level: `shrill-${index}`, errorCode };
    count(createEvent(alertRaised, { ...alert, raisedAt: AT, diagnosis }, { time: AT }));
  }
  expect(await valuesOf('call_legs_ended')).toEqual([{ status: 'failed', direction: 'other', value: 2 }]);
  expect(await valuesOf('call_leg_failures')).toEqual([{ cause: 'twilio:unknown', value: 2 }]);
  expect(await valuesOf('alerts')).toEqual([{ level: 'other', cause: 'twilio:unknown', value: 2 }]);
});

test('answers count by what they were', async () => {
  const { count, valuesOf } = counting();
  const answer = {
    accountSid: sid('AC'),
    callSid: sid('CA'),
    party: 'caller',
    purposes: ['record'],
    method: 'key-press',
  };
  for (const outcome of ['granted', 'refused', 'granted'] as const) {
    const data = { ...answer, outcome, recordedAt: AT, reference: outcome } as DataOf<typeof consentRecorded>;
    count(createEvent(consentRecorded, data, { time: AT }));
  }
  expect(await valuesOf('consents')).toEqual([
    { outcome: 'granted', value: 2 },
    { outcome: 'refused', value: 1 },
  ]);
});

// A new installation finds a day of calls in Twilio's lists: the alert on callbacks that do not arrive was raised in its first hour.
test('what the reconciler finds counts, and not what happened before anybody listened', async () => {
  const { count, valuesOf } = counting();
  const listed = { parameters: { sid: sid('CA') } };
  count(leg(listed, '2026-11-21T09:59:59Z'));
  expect(await valuesOf('facts_found')).toEqual([]);
  count(leg(listed, '2026-11-21T10:00:01Z'));
  count(leg({ parameters: { CallSid: sid('CA') } }, '2026-11-21T10:00:01Z'));
  expect(await valuesOf('facts_found')).toEqual([{ kind: 'call', value: 1 }]);
});
