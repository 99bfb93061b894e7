import { onTelephony } from '@onrecord/retention/on-telephony';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { legReported, newSid, recordingCompleted } from './facts.ts';
import { policy, startLedger, type TestLedger } from './ledger.ts';

let test: TestLedger;
beforeAll(async () => {
  test = await startLedger();
});
afterAll(() => test?.close());

// Ingest counted what another instance had heard of, and after each start what it had heard of itself: the alert never went silent.
it('what the reconciler finds counts as untold once, and only where no callback told it first', async () => {
  const [told, untold, recordingSid] = [newSid('CA'), newSid('CA'), newSid('RE')];
  const found: string[] = [];
  const deps = { ...test, policy, onDecision: () => undefined, onFound: (kind: string) => void found.push(kind) };
  const listed = (sid: string) => ({ sequenceNumber: undefined, parameters: { sid } });
  await onTelephony(legReported(told, { parameters: { CallSid: told } }), deps);
  for (const callSid of [told, untold, untold, told]) await onTelephony(legReported(callSid, listed(callSid)), deps);
  expect(found).toEqual(['call']);
  const recording = recordingCompleted(recordingSid, { callSid: told }, { parameters: { sid: recordingSid } });
  await onTelephony(recording, deps);
  await onTelephony(recording, deps);
  expect(found).toEqual(['call', 'recording']);
});
