import { createFactMetrics } from '@onrecord/retention/fact-metrics';
import { onTelephony } from '@onrecord/retention/on-telephony';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { startLedger, type TestLedger } from './ledger.ts';

let test: TestLedger;
beforeAll(async () => {
  test = await startLedger();
});
afterAll(() => test?.close());

/** A process of retention that has just started, and what a scrape of it would read. */
function instance() {
  const registry = createMetrics('retention');
  const deps = { ...test, onDecision: () => undefined, onNews: createFactMetrics(registry, at(-60)) };
  const count = async (name: string) => {
    const metric = await registry.getSingleMetric(`onrecord_${name}_total`)?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0);
  };
  return { deps, count };
}

// Ingest counted what another instance had heard of, and after each start what it had heard of itself: the alert never went silent.
it('what the reconciler finds counts as untold once, and only where no callback told it first', async () => {
  const [told, untold, recordingSid] = [newSid('CA'), newSid('CA'), newSid('RE')];
  const { deps, count } = instance();
  const listed = (sid: string) => ({ sequenceNumber: undefined, parameters: { sid } });
  await onTelephony(legReported(told, { parameters: { CallSid: told } }), deps);
  for (const callSid of [told, untold, untold, told]) await onTelephony(legReported(callSid, listed(callSid)), deps);
  expect(await count('facts_found')).toBe(1);
  const recording = recordingCompleted(recordingSid, { callSid: told }, { parameters: { sid: recordingSid } });
  await onTelephony(recording, deps);
  await onTelephony(recording, deps);
  expect(await count('facts_found')).toBe(2);
});

// Each instance of ingest counted a leg for itself, and again after a restart, so that a repeated callback was another failed call.
it('a leg and an answer count once, however often and to however many instances they are told', async () => {
  const [callSid, instances] = [newSid('CA'), [instance(), instance(), instance()]];
  const ended = legReported(callSid, { status: 'failed' });
  for (const { deps } of instances) {
    for (const event of [ended, consentOf({ callSid }, 'granted'), ended]) await onTelephony(event, deps);
  }
  for (const [name, sum] of Object.entries({ call_legs_ended: 1, consents: 1 })) {
    const counts = await Promise.all(instances.map(({ count }) => count(name)));
    expect(counts, name).toEqual([sum, 0, 0]);
  }
});
