import { readFile } from 'node:fs/promises';
import { classify } from '@onrecord/shared/diagnosis/classify';
import { alertRaised, callStatusChanged, createEvent, type DataOf, type OnrecordEvent } from '@onrecord/shared/events';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createIngestMetrics } from './metrics.ts';
import { createHeardFacts, remembering } from './reconcile/heard-facts.ts';
import { ingest } from './testing/ingest-app.ts';
import { ACCOUNT, post, sid } from './testing/signed-request.ts';

const AT = '2026-11-21T10:00:00.000Z';

const leg = (digit: string, change: Partial<DataOf<typeof callStatusChanged>>): OnrecordEvent =>
  createEvent(
    callStatusChanged,
    {
      accountSid: ACCOUNT,
      callSid: sid('CA', digit),
      status: 'completed',
      direction: 'inbound',
      occurredAt: AT,
      parameters: {},
      ...change,
    },
    { time: AT },
  );

/** Publishes to nowhere, and tells what a scrape would read. */
function counting() {
  const registry = new Registry();
  const { happened } = createIngestMetrics(registry);
  const publish = remembering(async () => {}, createHeardFacts(), happened);
  const valuesOf = async (name: string) => {
    const metric = await registry.getSingleMetric(`onrecord_ingest_${name}_total`)?.get();
    return metric?.values.map(({ labels, value }) => ({ ...labels, value }));
  };
  return { publish, valuesOf };
}

// What was shed raised no alert: no rule asked for it, and a counter that is not there before cannot be seen to increase.
test('what is shed is counted from nothing, each reason by itself, and raises an alert', async () => {
  const { valuesOf } = counting();
  const reasons = ['requests', 'bodies', 'alert-bodies', 'connections'];
  expect(await valuesOf('shed')).toEqual(reasons.map((reason) => ({ reason, value: 0 })));
  const rules = await readFile(new URL('../../../deploy/prometheus/alerts.yml', import.meta.url), 'utf8');
  expect(rules).toMatch(/expr: sum by \(reason\) \(increase\(onrecord_ingest_shed_total\[5m\]\)\) > 0$/m);
});

test('how legs ended is counted once a leg, whatever is repeated, and only at the end', async () => {
  const { publish, valuesOf } = counting();
  const busy = leg('b', { status: 'busy', direction: 'outbound-dial' });
  for (const event of [leg('a', { status: 'ringing' }), leg('a', {}), leg('a', {}), busy]) await publish([event]);
  expect(await valuesOf('call_legs_ended')).toEqual([
    { status: 'completed', direction: 'inbound', value: 1 },
    { status: 'busy', direction: 'outbound-dial', value: 1 },
  ]);
});

test('what is not durable is not counted', async () => {
  const registry = new Registry();
  const { happened } = createIngestMetrics(registry);
  const publish = remembering(() => Promise.reject(new Error('no broker')), createHeardFacts(), happened);
  await expect(publish([leg('a', {})])).rejects.toThrow('no broker');
  expect(await registry.metrics()).not.toMatch(/^onrecord_ingest_call_legs_ended_total\{/m);
});

// A label whose values somebody else chooses would make a new time series of every value.
test('values that nobody knows, and codes that the catalogue does not, share one label', async () => {
  const { publish, valuesOf } = counting();
  for (const [index, code] of ['99901', '99902'].entries()) {
    const diagnosis = classify({ errorCodes: [code] });
    await publish([leg(String(index), { status: 'failed', direction: `sideways-${index}`, diagnosis })]);
    const alert = {
      accountSid: ACCOUNT,
      alertSid: sid('NO', String(index)),
      level: `shrill-${index}`,
      errorCode: code,
    };
    await publish([createEvent(alertRaised, { ...alert, raisedAt: AT, diagnosis }, { time: AT })]);
  }
  expect(await valuesOf('call_legs_ended')).toEqual([{ status: 'failed', direction: 'other', value: 2 }]);
  expect(await valuesOf('call_leg_failures')).toEqual([{ cause: 'twilio:unknown', value: 2 }]);
  expect(await valuesOf('alerts')).toEqual([{ level: 'other', cause: 'twilio:unknown', value: 2 }]);
});

test('a failed leg is counted by what the catalogue knows of it', async () => {
  const { publish, valuesOf } = counting();
  const diagnosis = classify({ callStatus: 'busy', sipResponseCode: 486 });
  await publish([leg('a', { status: 'busy', diagnosis })]);
  expect(await valuesOf('call_leg_failures')).toEqual([{ cause: 'sip:486', value: 1 }]);
});

test('who was called into a conference and never came is counted by why', async () => {
  const { app, registry } = ingest();
  const parameters = { AccountSid: ACCOUNT, ConferenceSid: sid('CF'), CallSid: sid('CA') };
  for (const ParticipantCallStatus of ['no-answer', 'completed', 'something-new']) {
    const leave = { ...parameters, StatusCallbackEvent: 'participant-leave', ParticipantCallStatus };
    expect((await app.request(...post('/webhooks/conference', leave))).status).toBe(204);
  }
  const text = await registry.metrics();
  expect(text.match(/^onrecord_ingest_conference_joins_total\{.*$/gm)).toEqual([
    'onrecord_ingest_conference_joins_total{outcome="no-answer"} 1',
  ]);
});

test('how many callers answer the consent prompt can be told', async () => {
  const { app, registry } = ingest({ dialTo: '+14155550142' });
  const call = { AccountSid: ACCOUNT, CallSid: sid('CA') };
  await app.request(...post('/voice/inbound', call));
  await app.request(...post('/voice/consent', { ...call, Digits: '1' }));
  await app.request(...post('/voice/consent', { ...call, Digits: '' }));
  await app.request(...post('/voice/consent?digits=1&times=1', call));
  const text = await registry.metrics();
  for (const outcome of ['asked', 'answered', 'empty']) {
    expect(text).toContain(`onrecord_ingest_gathers_total{prompt="consent",outcome="${outcome}"} 1`);
  }
});
