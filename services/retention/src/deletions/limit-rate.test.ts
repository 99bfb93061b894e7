import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limitRate } from './limit-rate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('begins so many in any second and no more, in their order', async () => {
  const limited = limitRate({ perSecond: 3, atOnce: 100 });
  const begun: number[] = [];
  const all = Promise.all(Array.from({ length: 8 }, (_, each) => limited(async () => void begun.push(each))));
  await vi.advanceTimersByTimeAsync(999);
  expect(begun).toEqual([0, 1, 2]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  await vi.advanceTimersByTimeAsync(1_000);
  await all;
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('counts the second from when each began, wherever it falls', async () => {
  const limited = limitRate({ perSecond: 2, atOnce: 100 });
  const begun: string[] = [];
  const begin = (name: string) => limited(async () => void begun.push(name));
  await begin('early');
  await vi.advanceTimersByTimeAsync(900);
  const later = Promise.all([begin('late'), begin('next'), begin('last')]);
  await vi.advanceTimersByTimeAsync(150);
  expect(begun).toEqual(['early', 'late', 'next']);
  await vi.advanceTimersByTimeAsync(800);
  expect(begun).toEqual(['early', 'late', 'next']);
  await vi.advanceTimersByTimeAsync(100);
  await later;
  expect(begun).toEqual(['early', 'late', 'next', 'last']);
});

// Spread over the second, deletions of one day came too far apart to share their listings, and each was listed by itself.
it('begins together what is asked for together within the limit', async () => {
  const limited = limitRate({ perSecond: 100, atOnce: 32 });
  const begun: number[] = [];
  const all = Promise.all(Array.from({ length: 32 }, (_, each) => limited(async () => void begun.push(each))));
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toHaveLength(32);
  await all;
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
