import type { Resources } from '../resources.ts';
import { type Sweeper, startSweeper } from '../sweeper.ts';
import { readTranscripts } from './read-transcripts.ts';

/** Between two looks at whether to stop: reading one takes as long as the store needs. */
const BATCH = 20;

/** Reads transcripts into the search, apart from what else falls due: a slow store must not hold up deletions. */
export function startReading({ accounts, pool, objectStore, logger, clock }: Resources, intervalMs: number): Sweeper {
  const onUnread = (
    { accountSid, recordingSid }: { accountSid: string; recordingSid: string },
    reason: string,
    again?: Date,
  ) => logger.warn({ accountSid, recordingSid, reason, at: again }, 'a transcript could not be read for the search');
  const deps = { pool, objects: objectStore, clock, onUnread };
  return startSweeper({
    sweeps: [
      () =>
        readTranscripts(
          accounts.all().map(({ accountSid }) => accountSid),
          deps,
          BATCH,
        ),
    ],
    intervalMs,
    clock,
    onError: (err) => logger.warn({ err }, 'transcripts could not be read for the search; trying again'),
  });
}
