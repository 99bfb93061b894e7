import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, get, post, RECORDING, sid } from '../testing/signed-request.ts';

const CALL = { AccountSid: ACCOUNT, CallSid: sid('CA'), From: '+14155550101', To: '+14155550102' };

type CallbackOf = [path: string, parameters: Record<string, string>];
const CALLBACKS: readonly CallbackOf[] = [
  ...['in-progress', 'completed', 'absent', 'levitating'].map(
    (RecordingStatus): CallbackOf => ['/webhooks/recording', { ...RECORDING, RecordingStatus }],
  ),
  ...['initiated', 'ringing', 'completed', 'busy'].map(
    (CallStatus, index): CallbackOf => [
      '/webhooks/voice/status',
      { ...CALL, CallStatus, SequenceNumber: String(index) },
    ],
  ),
  ['/webhooks/conference', { ...CALL, ConferenceSid: sid('CF'), StatusCallbackEvent: 'participant-join' }],
];

/** Each at least once, some again, in any order; each time with its parameters in another order, and some twice, by POST or by GET. */
const deliveries = fc
  .tuple(
    fc.shuffledSubarray([...CALLBACKS], { minLength: CALLBACKS.length }),
    fc.array(fc.constantFrom(...CALLBACKS), { maxLength: 6 }),
  )
  .map(([all, again]) => [...all, ...again])
  .chain((callbacks) =>
    fc.tuple(
      ...callbacks.map(([path, parameters]) =>
        fc.record({
          path: fc.constant(path),
          order: fc.shuffledSubarray(Object.entries(parameters), { minLength: Object.keys(parameters).length }),
          byGet: fc.boolean(),
          unknown: fc.dictionary(fc.constantFrom('NewField', 'SipHeader_X-A', '__proto__'), fc.string()),
        }),
      ),
    ),
  );

test('callbacks that come again, in another order and with other parameters beside them, are the same events', async () => {
  const { app, published } = ingest();
  for (const [path, parameters] of CALLBACKS) await app.request(...post(path, parameters));
  const ids = new Set(published.map(({ id }) => id));
  expect(ids.size).toBe(CALLBACKS.length);
  await fc.assert(
    fc.asyncProperty(deliveries, async (delivered) => {
      published.length = 0;
      for (const { path, order, byGet, unknown } of delivered) {
        const parameters = { ...unknown, ...Object.fromEntries(order) };
        const asked = byGet ? get(path, new URLSearchParams(parameters).toString()) : post(path, parameters);
        expect((await app.request(...asked)).status).toBe(204);
      }
      expect(published).toHaveLength(delivered.length);
      expect(new Set(published.map(({ id }) => id))).toEqual(ids);
    }),
    // A run is more than a dozen signed requests.
    { numRuns: 20 },
  );
});
