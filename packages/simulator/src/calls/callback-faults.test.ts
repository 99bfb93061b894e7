import { expect, test } from 'vitest';
import { demoCalls } from '../demo-calls.ts';
import { ACCOUNT_SID } from '../testing/application.ts';
import { startConsentApplication } from '../testing/consent-application.ts';
import { simulate } from '../testing/simulated.ts';

const NEXT_TOKEN = 'another-test-token';

const start = async () => {
  const application = await startConsentApplication();
  const simulator = await simulate(application, { nextAuthToken: NEXT_TOKEN });
  /** Callbacks alone, in the order of their arrival. */
  const callbacks = () => application.received.filter(({ path }) => path.startsWith('/webhooks/'));
  return { simulator, callbacks };
};
const callbacksOf = ({ deliveries }: { deliveries: { kind: string; faults: readonly string[] }[] }) =>
  deliveries.filter(({ kind }) => kind !== 'voice');

test('with reorder the callbacks of a call come when it is over, the last one first', async () => {
  const { simulator, callbacks } = await start();
  await simulator.placeCall(demoCalls.consentGranted);
  const inOrder = callbacks().map(({ parameters }) => parameters.RecordingStatus ?? parameters.CallStatus);
  simulator.spoilCallbacks({ reorder: true });
  const placed = await simulator.placeCall(demoCalls.consentGranted);
  const after = callbacks()
    .slice(inOrder.length)
    .map(({ parameters }) => parameters.RecordingStatus ?? parameters.CallStatus);
  expect(after).toEqual(inOrder.toReversed());
  expect(callbacksOf(placed).map(({ faults }) => faults)).toEqual(after.map(() => ['reordered']));
});

test('a delayed callback comes all the same, and the call is over only when it has come', async () => {
  const { simulator, callbacks } = await start();
  simulator.spoilCallbacks({ delaySecondsMax: 0.2 });
  const placed = await simulator.placeCall(demoCalls.busy);
  expect(callbacksOf(placed).length).toBeGreaterThan(0);
  expect(callbacksOf(placed).map(({ faults }) => faults)).toEqual(callbacks().map(() => ['delayed']));
});

test('a wrong signature is one of no token of the account; TwiML is asked for as ever', async () => {
  const { simulator, callbacks } = await start();
  simulator.spoilCallbacks({ wrongSignatureShare: 1 });
  const placed = await simulator.placeCall(demoCalls.consentGranted);
  expect(placed.recordingSid).toBeDefined();
  expect(callbacks().map(({ isSigned }) => isSigned)).toEqual(callbacks().map(() => false));
  expect(callbacksOf(placed).every(({ faults }) => faults.includes('wrong-token'))).toBe(true);
});

test('while the secondary token is promoted, either token signs and opens the REST API', async () => {
  const { simulator, callbacks } = await start();
  simulator.spoilCallbacks({ nextTokenShare: 0.5, seed: 3 });
  const placed = await simulator.placeCall(demoCalls.consentGranted);
  const byNext = callbacksOf(placed).map(({ faults }) => faults.includes('next-token'));
  expect(new Set(byNext)).toEqual(new Set([true, false]));
  // The application knows the primary token alone.
  expect(callbacks().map(({ isSigned }) => isSigned)).toEqual(byNext.map((isByNext) => !isByNext));
  const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${NEXT_TOKEN}`)}` };
  expect((await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`, { headers })).status).toBe(200);
});

test('what cannot be ordered is refused with the name of the field', async () => {
  const application = await startConsentApplication();
  const simulator = await simulate(application);
  const order = async (body: object) => {
    const answer = await fetch(`${simulator.url}/simulator/callbacks/faults`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return [answer.status, ((await answer.json()) as { error?: string }).error];
  };
  const refused = (text: string) => [400, expect.stringContaining(text)];
  expect(await order({ nextTokenShare: 0.5 })).toEqual(refused('TWILIO_AUTH_TOKEN_NEXT'));
  expect(await order({ dropShare: 0.6, duplicateShare: 0.6 })).toEqual(refused('duplicateShare'));
  expect(await order({ delaySecondsMax: -1 })).toEqual(refused('delaySecondsMax'));
  expect(await order({ dropShare: 'all' })).toEqual(refused('dropShare'));
  expect(await order({ losses: 1 })).toEqual(refused('losses'));
  expect(simulator.faults.active().callbacks).toMatchObject({ dropShare: 0, delaySecondsMax: 0 });
});
