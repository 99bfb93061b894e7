import { expect, it } from 'vitest';
import { createProviderLegs } from './provider-legs.ts';
import { createSlots } from './slots.ts';

const KIB = 1024;
const piece = Buffer.alloc(16 * KIB);

it('holds no more bytes for slow providers than all recordings together may have', async () => {
  const limits = { lagBytesMax: 64 * KIB, lagBytesMaxOfAll: 80 * KIB, slots: createSlots(3) };
  const ends: string[] = [];
  const legs = createProviderLegs(limits, (end) => ends.push(end));
  const start = () => {
    const leg = legs.tryStart(
      (_audio, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    if (!leg) throw new Error('no slot is free');
    return leg;
  };
  const [first, second] = [start(), start()];
  for (let count = 0; count < 4; count += 1) expect(first.offer(piece)).toBe(true);
  expect(second.offer(piece)).toBe(true);
  expect(legs.bufferedBytes()).toBe(80 * KIB);
  expect(second.offer(piece)).toBe(false);
  expect(await second.outcome).toMatchObject({
    kind: 'cut',
    reason: expect.stringContaining('all recordings together'),
  });
  expect(legs.bufferedBytes()).toBe(64 * KIB);
  const third = start();
  expect(third.offer(piece)).toBe(true);
  for (const leg of [first, third]) leg.abandon('the test is over');
  await Promise.all([first.outcome, third.outcome]);
  expect([ends, legs.bufferedBytes()]).toEqual([['cut', 'cut', 'cut'], 0]);
});
