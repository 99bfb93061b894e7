import type { OnrecordEvent } from '../events/registry.ts';
import type { Client, Pool } from './pool.ts';

/**
 * How long it is remembered that an event was processed, in milliseconds. It must outlive every way in which an event can come
 * again: the event log's retention (7 days by default), retries, a dead letter put back by hand, the reconciler's look back.
 */
const PROCESSED_KEPT_MS = 90 * 24 * 3_600_000;
/** Rows deleted by one statement. */
const PRUNE_BATCH = 1_000;

/**
 * Notes in the caller's transaction that a consumer group has processed an event.
 * @returns false when it had before: its effects are there already. Waits for another transaction that is at the same event.
 */
export async function markProcessed(client: Client, group: string, event: OnrecordEvent): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'mark-processed',
    text: 'INSERT INTO messaging.processed_events (group_name, source, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    values: [group, event.source, event.id],
  });
  return rowCount === 1;
}

/** Forgets events that were processed longer ago than `keptMs`, in small transactions; resolves to how many. */
export async function pruneProcessed(pool: Pool, keptMs: number = PROCESSED_KEPT_MS): Promise<number> {
  let pruned = 0;
  for (let deleted = PRUNE_BATCH; deleted === PRUNE_BATCH; pruned += deleted) {
    const { rowCount } = await pool.query(
      `DELETE FROM messaging.processed_events WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM messaging.processed_events
         WHERE processed_at < now() - $1 * interval '1 millisecond' ORDER BY processed_at LIMIT $2))`,
      [keptMs, PRUNE_BATCH],
    );
    deleted = rowCount ?? 0;
  }
  return pruned;
}
