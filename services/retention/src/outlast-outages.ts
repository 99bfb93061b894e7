import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, StageError } from '@onrecord/shared/event-log/failure-policy';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { isDatabaseAway, isRejectedForGood } from './ledger/database-away.ts';

/** Runs work that needs nothing but the database. @throws what the work throws, once the database is there */
type Outlast = (work: () => Promise<void>, context: { readonly signal: AbortSignal }) => Promise<void>;

/** Between attempts: a restart takes seconds, and after a long outage nobody waits much longer than it lasted. */
const PAUSE_MS = { first: 200, max: 10_000 };

/**
 * Repeats work in place for as long as the database is away. An event that went to a retry topic instead would be overtaken by later
 * ones, and end as a dead letter after a long outage, with nothing wrong with it.
 */
export function outlastOutages(logger: Logger): Outlast {
  let isAway = false;
  const changed = (away: boolean, tell: () => void) => {
    if (away === isAway) return;
    isAway = away;
    tell();
  };
  return async (work, context) => {
    for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.max)) {
      try {
        await work();
        return changed(false, () => logger.info('the database is back'));
      } catch (error) {
        if (isRejectedForGood(error)) {
          const message = `the ledger cannot hold this event: ${reasonOf(error)}`;
          throw new StageError('ledger', message, { kind: 'permanent', cause: error });
        }
        if (!isDatabaseAway(error)) throw error;
        changed(true, () => logger.warn({ err: error }, 'the database is away; events wait for it in their order'));
      }
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  };
}
