import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limitRate } from './limit-rate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('begins so many in a second and no more, in their order', async () => {
  const limited = limitRate({ perSecond: 10, atOnce: 100 });
  const begun: number[] = [];
  const all = Promise.all([0, 1, 2, 3, 4].map((each) => limited(async () => void begun.push(each))));
  await vi.advanceTimersByTimeAsync(250);
  expect(begun).toEqual([0, 1, 2]);
  await vi.advanceTimersByTimeAsync(250);
  await all;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

it('has no more under way than it may, also after one has failed', async () => {
  const limited = limitRate({ perSecond: 1_000, atOnce: 2 });
  let underWay = 0;
  let most = 0;
  const work = async (fails: boolean) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 50));
    underWay -= 1;
    if (fails) throw new Error('no');
  };
  const all = Promise.allSettled([true, false, false, true, false].map((fails) => limited(() => work(fails))));
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await all).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(most).toBe(2);
});
