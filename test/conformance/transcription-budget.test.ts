import { openObjectStore } from '@onrecord/shared/object-store/open';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBudget } from '../../services/transcriber/src/spending/budget.ts';
import { describeWith } from '../servers/available.ts';
import { createBucket } from '../servers/buckets.ts';

const account = `AC${'1'.repeat(32)}`;
const PROCESSES = 4;
const BUDGET_SECONDS = 1_000;
const LONGEST_SECONDS = 100;

/** A folder's promise is held beside the code; this is the one of a bucket, whose requests cross each other on their way. */
describeWith('s3', (server) =>
  describe('the budget of a day, counted in a bucket', () => {
    it('is exceeded by less than one recording, however many processes take from it at once', {
      timeout: 120_000,
    }, async () => {
      const bucket = await createBucket(server, { versioned: true });
      const { endpoint, region } = server;
      const place = { kind: 's3', bucket, prefix: 'p', endpoint, region } as const;
      const store = await openObjectStore({ ...place, credentials: server, forcePathStyle: true });
      onTestFinished(() => store.close());
      const now = () => new Date('2026-11-21T12:00:00Z');
      const open = () => createBudget({ store, secondsPerDay: BUDGET_SECONDS, now, onSpent: () => {} });
      const budgets = Array.from({ length: PROCESSES }, open);
      const { signal } = new AbortController();
      const kinds: unknown[] = [];
      const taken = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const seconds = 10 + ((index * 37) % (LONGEST_SECONDS - 10));
          try {
            await budgets[index % PROCESSES]?.take(account, seconds, signal);
            return seconds;
          } catch (error) {
            kinds.push((error as { kind?: unknown }).kind);
            return 0;
          }
        }),
      );
      const sent = taken.reduce<number>((sum, seconds) => sum + seconds, 0);
      expect(new Set(kinds)).toEqual(new Set(['postponed']));
      expect(sent).toBeLessThan(BUDGET_SECONDS + LONGEST_SECONDS);
      expect(sent).toBeGreaterThan(BUDGET_SECONDS - (PROCESSES - 1) * LONGEST_SECONDS);
      // Whoever is started next knows of all of it.
      const next = open();
      await next.take(account, 1, signal).catch(() => {});
      expect(next.spentToday().get(account)).toBeGreaterThanOrEqual(sent);
    });
  }),
);
