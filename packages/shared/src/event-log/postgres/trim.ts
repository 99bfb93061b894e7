import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../postgres/pool.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { PostgresEventLogLimits } from './limits.ts';

/** Of the partition $1: records past their retention that every group has done, the oldest first. */
const TRIM = `
  DELETE FROM event_log.records AS r USING (
    SELECT record_offset, appended_at FROM event_log.records
    WHERE partition_id = $1 AND record_offset < coalesce((
      SELECT min(coalesce(c.next_offset, 0)) FROM event_log.claims AS c JOIN event_log.groups AS g ON g.name = c.group_name
      WHERE c.partition_id = $1 AND g.seen_at > clock_timestamp() - $3 * interval '1 millisecond'), 9223372036854775807)
    ORDER BY record_offset LIMIT $2) AS oldest
  WHERE r.partition_id = $1 AND r.record_offset = oldest.record_offset AND oldest.appended_at < clock_timestamp() - (
    SELECT t.retention_ms * interval '1 millisecond' FROM event_log.topics AS t JOIN event_log.partitions AS p ON p.topic = t.name
    WHERE p.id = $1)`;

/** Partitions whose oldest record is past its retention. */
const DUE = `
  SELECT p.id FROM event_log.partitions AS p JOIN event_log.topics AS t ON t.name = p.topic
  CROSS JOIN LATERAL (
    SELECT appended_at FROM event_log.records WHERE partition_id = p.id ORDER BY record_offset LIMIT 1) AS oldest
  WHERE oldest.appended_at < clock_timestamp() - t.retention_ms * interval '1 millisecond'`;

type TrimLimits = Pick<PostgresEventLogLimits, 'trimBatch' | 'groupForgottenAfterMs'>;

/** Deletes what is past its retention and done by every group, in small transactions; resolves to how many records. */
export async function trim(pool: Pool, limits: TrimLimits, signal?: AbortSignal): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(DUE);
  let trimmed = 0;
  for (const { id } of rows) {
    for (let deleted = limits.trimBatch; deleted === limits.trimBatch && !signal?.aborted; trimmed += deleted) {
      deleted = await trimBatch(pool, id, limits);
    }
  }
  return trimmed;
}

/** One process at a time; the others find nothing to do. */
const trimBatch = (pool: Pool, partitionId: number, { trimBatch: batch, groupForgottenAfterMs }: TrimLimits) =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('event_log.trim', 0)) AS mine`,
    );
    if (!rows[0]?.mine) return 0;
    const { rowCount } = await client.query(TRIM, [partitionId, batch, groupForgottenAfterMs]);
    return rowCount ?? 0;
  });

export interface Trimmer {
  close(): Promise<void>;
}

export function startTrimmer(pool: Pool, limits: PostgresEventLogLimits, logger: Logger): Trimmer {
  const closed = new AbortController();
  const run = async () => {
    while (!closed.signal.aborted) {
      await sleep(limits.trimIntervalMs, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
      if (closed.signal.aborted) return;
      await trim(pool, limits, closed.signal).catch((err) => logger.warn({ err }, 'the event log was not trimmed'));
    }
  };
  const running = run();
  return {
    close: async () => {
      closed.abort();
      await running;
    },
  };
}
