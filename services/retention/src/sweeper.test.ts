import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Sweep, type Sweeper, startSweeper } from './sweeper.ts';

let sweeper: Sweeper;
let errors: unknown[] = [];
let looks = 0;
/** What the next looks find: whether more is due. */
let found: boolean[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  [errors, looks, found] = [[], 0, []];
});
afterEach(async () => {
  await sweeper.close();
  vi.useRealTimers();
});

const look: Sweep = async () => {
  looks += 1;
  return found.shift() ?? false;
};

const start = (...sweeps: Sweep[]) => {
  sweeper = startSweeper({
    sweeps: sweeps.length > 0 ? sweeps : [look],
    intervalMs: 15_000,
    clock: () => new Date(),
    onError: (error) => errors.push(error),
  });
  return vi.advanceTimersByTimeAsync(0);
};

it('looks at once and then at each interval', async () => {
  await start();
  expect(looks).toBe(1);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(looks).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(looks).toBe(2);
});

it('looks again while more is due', async () => {
  found = [true, true, false];
  await start();
  expect(looks).toBe(3);
});

it('looks when something becomes due sooner than the interval, and not twice for what is due later', async () => {
  await start();
  sweeper.wakeAt(new Date(Date.now() + 2_000));
  sweeper.wakeAt(new Date(Date.now() + 9_000));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(looks).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toBe(2);
});

it('waits for what is due in months without looking all the time', async () => {
  await start();
  sweeper.wakeAt(new Date(Date.now() + 90 * 86_400_000));
  await vi.advanceTimersByTimeAsync(14_999);
  expect(looks).toBe(1);
});

it('never runs two sweeps at a time, and runs once more when it was woken meanwhile', async () => {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  await start(async () => {
    running += 1;
    expect(running).toBe(1);
    looks += 1;
    if (looks === 1) await gate.promise;
    running -= 1;
    return false;
  });
  sweeper.wake();
  sweeper.wake();
  expect(looks).toBe(1);
  gate.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(looks).toBe(2);
});

it('reports a sweep that fails and goes on with the others', async () => {
  await start(() => Promise.reject(new Error('the database is away')), look);
  expect(errors).toEqual([new Error('the database is away')]);
  expect(looks).toBe(1);
});

it('is not stopped while a sweep is in progress, and looks no more afterwards', async () => {
  const gate = Promise.withResolvers<void>();
  await start(async () => {
    looks += 1;
    await gate.promise;
    return true;
  });
  let closed = false;
  const closing = sweeper.close().then(() => {
    closed = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(closed).toBe(false);
  gate.resolve();
  await closing;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(1);
});

// One sweep that always found more once kept deletions, and everything else, from ever being looked at again.
it('gives every kind of work its turn beside one that never ends', async () => {
  let others = 0;
  const endless: Sweep = async () => true;
  const other: Sweep = async () => {
    others += 1;
    return false;
  };
  await start(endless, other);
  expect(others).toBe(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(others).toBe(2);
});
