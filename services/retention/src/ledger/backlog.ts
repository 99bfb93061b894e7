import type { ClientBase, Pool } from 'pg';
import type { RecordingState } from '../domain/state.ts';
import type { Backlog } from '../metrics.ts';
import { EARLIEST_DUE } from './earliest-due.ts';
import { inTenant, knownAccounts } from './tenancy.ts';

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
  const states = Object.fromEntries(OPEN_STATES.map((state) => [state, 0]));
  let [dueMs, openMs] = [now.getTime(), now.getTime()];
  const known = await knownAccounts(pool);
  for (let from = 0; from < known.length; from += ACCOUNTS_AT_ONCE) {
    const accounts = known.slice(from, from + ACCOUNTS_AT_ONCE);
    const part = await inTenant(pool, accounts, (client) => readPart(client, accounts));
    for (const { state, count } of part.counts) states[state] = (states[state] ?? 0) + count;
    dueMs = Math.min(dueMs, part.due?.getTime() ?? dueMs);
    openMs = Math.min(openMs, part.open?.getTime() ?? openMs);
  }
  return { states, overdueSeconds: (now.getTime() - dueMs) / 1_000, openSeconds: (now.getTime() - openMs) / 1_000 };
}

/** Each row is compared with the accounts of its transaction, one after the other. */
const ACCOUNTS_AT_ONCE = 50;

async function readPart(client: ClientBase, accounts: readonly string[]) {
  const { rows: counts } = await client.query<{ state: string; count: number }>(
    `select wanted.state, (
       select count(*)::integer from unnest($2::text[]) asked(account_sid) join ledger.recordings using (account_sid)
       where state = wanted.state
     ) as count from unnest($1::text[]) wanted(state)`,
    [OPEN_STATES, accounts],
  );
  const { rows } = await client.query<{ due: Date | null; open: Date | null }>(
    `select min(${EARLIEST_DUE}) as due, min((
       select min(started_at) from ledger.deletions where account_sid = known.account_sid and completed_at is null
     )) as open from unnest($1::text[]) known(account_sid)`,
    [accounts],
  );
  return { counts, due: rows[0]?.due, open: rows[0]?.open };
}
