import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { holdLease } from './hold-lease.ts';

const KEY = { accountSid: 'AC', recordingSid: 'RE', deletion: 1 };
const LEASE = { takenAt: new Date(0), leaseMs: 30 };

/** A ledger that has the end of one lease, and may answer late or not at all. */
function setup(answer: (renewals: number) => Promise<void>) {
  const seen = { end: LEASE.takenAt.getTime() + LEASE.leaseMs, renewals: 0, atOnce: 0, atOnceMax: 0 };
  const attempt = Promise.withResolvers<void>();
  const queue = {
    renewLease: async (_: unknown, { from, until }: { from: Date; until: Date }) => {
      seen.atOnce += 1;
      seen.atOnceMax = Math.max(seen.atOnceMax, seen.atOnce);
      const isHeld = from.getTime() === seen.end;
      if (isHeld) {
        seen.end = until.getTime();
        seen.renewals += 1;
        if (seen.renewals === 5) attempt.resolve();
      }
      await answer(seen.renewals).finally(() => {
        seen.atOnce -= 1;
      });
      return isHeld;
    },
  };
  const times = { ...LEASE, clock: () => new Date(performance.now()) };
  return { seen, held: holdLease(queue, KEY, times, () => attempt.promise) };
}

// On a busy machine renewals overtook one another: the end that the older one's answer told of was not the ledger's, no later one
// matched, and another worker took the deletion as well.
test('a database that is slower than the renewals is asked once at a time, and the lease is kept', async () => {
  const { seen, held } = setup(() => sleep(25));
  await held;
  expect(seen.atOnceMax).toBe(1);
});

// A renewal that was written down, and whose answer was lost, made every later one miss.
test('a renewal whose answer is lost does not lose the lease', async () => {
  const { seen, held } = setup(async (renewals) => {
    if (renewals === 2) throw new Error('the connection was lost');
  });
  await held;
  expect(seen.renewals).toBe(5);
});
