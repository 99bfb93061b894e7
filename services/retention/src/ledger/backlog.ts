import type { Pool } from 'pg';
import type { RecordingState } from '../domain/state.ts';
import type { Backlog } from '../metrics.ts';
import { EARLIEST_DUE } from './earliest-due.ts';

/** States that end only when something happens; the others are ends, or pass by themselves. */
const OPEN_STATES: readonly RecordingState[] = [
  'waiting',
  'withheld',
  'refused',
  'archive-failed',
  'transcript-failed',
  'deleting',
];

/**
 * Of every account that the ledger knows, also those that are not configured: what is due of them stands still as well. Reads by
 * index alone, so that a scrape costs no more the more recordings there are that wait for nothing.
 */
export async function readBacklog(pool: Pool, now: Date): Promise<Backlog> {
  const { rows: counts } = await pool.query<{ state: string; count: number }>(
    `select wanted.state, (
       select count(*)::integer from ledger.accounts join ledger.recordings using (account_sid) where state = wanted.state
     ) as count from unnest($1::text[]) wanted(state)`,
    [OPEN_STATES],
  );
  const { rows } = await pool.query<{ due: Date | null }>(
    `select min(${EARLIEST_DUE}) as due from ledger.accounts known`,
  );
  const due = rows[0]?.due?.getTime() ?? now.getTime();
  return {
    states: Object.fromEntries(counts.map(({ state, count }) => [state, count])),
    overdueSeconds: Math.max(0, (now.getTime() - due) / 1_000),
  };
}
