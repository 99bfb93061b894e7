import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { describe, expect, it } from 'vitest';
import { openTestStore } from '../testing/pipeline.ts';
import { createBudget } from './budget.ts';

const account = `AC${'1'.repeat(32)}`;
const other = `AC${'2'.repeat(32)}`;
const { signal } = new AbortController();

async function start(secondsPerDay: number | undefined, at = '2026-11-21T22:00:00Z') {
  const { store } = await openTestStore();
  const clock = { now: new Date(at) };
  const told: string[] = [];
  const process = (through: Pick<ObjectStore, 'get' | 'put'> = store) =>
    createBudget({
      store: through,
      secondsPerDay,
      now: () => clock.now,
      onSpent: ({ accountSid, seconds }) => told.push(`${accountSid} ${seconds}`),
    });
  return { process, clock, told, store };
}

describe('the budget of a day', () => {
  it('lets through the recording that crosses it, and postpones the next to the next day (UTC)', async () => {
    const { process, clock, told } = await start(100);
    const budget = process();
    await budget.take(account, 99, signal);
    await budget.take(account, 50, signal);
    const refused = budget.take(account, 1, signal);
    await expect(refused).rejects.toMatchObject({
      stage: 'transcription-budget',
      kind: 'postponed',
      retryAfterMs: 3_600_000,
      message: expect.stringMatching(/100 s is spent for 2026-11-21 \(149 s were sent\): raise TRANSCRIPTION_BUDGET_/),
    });
    await expect(budget.take(account, 1, signal)).rejects.toBeInstanceOf(StageError);
    expect(told).toEqual([`${account} 149`]);
    expect(budget.spentToday()).toEqual(new Map([[account, 149]]));

    clock.now = new Date('2026-11-21T23:59:59.999Z');
    await expect(budget.take(account, 1, signal)).rejects.toMatchObject({ retryAfterMs: 1 });
    clock.now = new Date('2026-11-22T00:00:00Z');
    await budget.take(account, 60, signal);
    expect(budget.spentToday()).toEqual(new Map([[account, 60]]));
  });

  it('goes on at once where it was raised', async () => {
    const { process, store, clock } = await start(100);
    await process().take(account, 100, signal);
    const raised = createBudget({ store, secondsPerDay: 200, now: () => clock.now, onSpent: () => {} });
    await raised.take(account, 100, signal);
    await expect(raised.take(account, 100, signal)).rejects.toMatchObject({ kind: 'postponed' });
  });

  it('is each account’s own', async () => {
    const { process } = await start(10);
    const budget = process();
    await budget.take(account, 10, signal);
    await expect(budget.take(account, 1, signal)).rejects.toBeInstanceOf(StageError);
    await budget.take(other, 10, signal);
  });

  it('counts what processes sent that are gone', async () => {
    const { process } = await start(100);
    await process().take(account, 60, signal);
    await process().take(account, 60, signal);
    const third = process();
    await expect(third.take(account, 1, signal)).rejects.toMatchObject({ kind: 'postponed' });
    expect(third.spentToday()).toEqual(new Map([[account, 120]]));
  });

  it('gets back what is not billed, and not from another day', async () => {
    const { process, clock } = await start(100);
    const budget = process();
    const giveBack = await budget.take(account, 100, signal);
    await giveBack();
    expect(process().spentToday()).toEqual(new Map());
    const late = await budget.take(account, 100, signal);
    await expect(process().take(account, 1, signal)).rejects.toBeInstanceOf(StageError);
    clock.now = new Date('2026-11-22T00:00:00Z');
    await budget.take(account, 7, signal);
    await late();
    expect(budget.spentToday()).toEqual(new Map([[account, 7]]));
  });

  it('ends less than one recording beyond it, however many processes take from it at once', {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < 3; round += 1) {
      const { process } = await start(1_000);
      const recordings = Array.from({ length: 40 }, (_, index) => 10 + ((index * 37 + round) % 90));
      const processes = Array.from({ length: 6 }, () => process());
      const taken = await Promise.all(
        recordings.map(async (seconds, index) => {
          const budget = processes[index % processes.length];
          return budget?.take(account, seconds, signal).then(
            () => seconds,
            () => 0,
          );
        }),
      );
      const sent = taken.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
      expect(sent).toBeLessThan(1_000 + 100);
      // What stepped back at the same moment is at most a recording of each of the others.
      expect(sent).toBeGreaterThan(1_000 - 5 * 100);
    }
  });

  it('sends nothing that cannot be counted', async () => {
    const { process, store } = await start(100);
    const away = async () => {
      throw new Error('the store is away');
    };
    const budget = process({ ...store, put: away });
    await expect(budget.take(account, 60, signal)).rejects.toMatchObject({
      stage: 'transcription-budget',
      kind: 'transient',
      message: expect.stringContaining('the store is away'),
    });
    expect(budget.spentToday()).toEqual(new Map([[account, 0]]));
  });

  it('asks the store nothing where there is none', async () => {
    const { process, store } = await start(undefined);
    const never = async () => {
      throw new Error('asked');
    };
    const budget = process({ ...store, get: never, put: never });
    await (await budget.take(account, 1e9, signal))();
    expect(budget.spentToday()).toEqual(new Map());
  });
});
