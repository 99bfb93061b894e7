import { expect, it } from 'vitest';
import { agreeingClocks } from './agreeing-clocks.ts';

const NOON = Date.UTC(2026, 2, 8, 12);
const SECOND = 1_000;

/** Asks while the process reads one time after the other. */
async function ask(databaseMs: number, ...processMs: [number, number]) {
  const told: number[] = [];
  const times = processMs.values();
  const agree = await agreeingClocks({
    clock: () => new Date(times.next().value ?? Number.NaN),
    databaseClock: async () => new Date(databaseMs),
    differenceMaxMs: 60 * SECOND,
    onDifference: (differenceMs) => told.push(differenceMs),
  })();
  return { agree, told };
}

it('takes clocks that are a little apart for agreeing', async () => {
  expect(await ask(NOON, NOON + 59 * SECOND, NOON + 59 * SECOND)).toEqual({ agree: true, told: [] });
  expect(await ask(NOON, NOON - 59 * SECOND, NOON - 59 * SECOND)).toEqual({ agree: true, told: [] });
});

it('tells how far a clock was set forward or back', async () => {
  expect(await ask(NOON, NOON + 3_600 * SECOND, NOON + 3_600 * SECOND)).toEqual({ agree: false, told: [3_600_000] });
  expect(await ask(NOON, NOON - 3_600 * SECOND, NOON - 3_600 * SECOND)).toEqual({ agree: false, told: [-3_600_000] });
});

it('holds a slow answer against nobody', async () => {
  expect(await ask(NOON, NOON - 90 * SECOND, NOON + 1)).toEqual({ agree: true, told: [] });
});

it('does not trust a clock that goes back while it is asked for', async () => {
  expect((await ask(NOON, NOON, NOON - 1)).agree).toBe(false);
});
