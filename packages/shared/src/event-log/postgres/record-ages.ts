import type { Pool } from '../../postgres/pool.ts';
import type { PostgresEventLogLimits } from './limits.ts';

/** Their retention, and the interval after which what is past it is deleted. A group that is behind keeps records for longer. */
export async function keptAtMostMs(
  pool: Pool,
  topics: readonly string[],
  { trimIntervalMs }: Pick<PostgresEventLogLimits, 'trimIntervalMs'>,
): Promise<number> {
  const { rows } = await pool.query<{ kept: string | null }>(
    'SELECT max(retention_ms)::text AS kept FROM event_log.topics WHERE name = ANY ($1::text[])',
    [topics],
  );
  return Number(rows[0]?.kept ?? 0) + trimIntervalMs;
}

export async function retentionMs(pool: Pool, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ name: string; kept: string }>(
    'SELECT name, retention_ms::text AS kept FROM event_log.topics WHERE name = ANY ($1::text[])',
    [topics],
  );
  return new Map(rows.map(({ name, kept }) => [name, Number(kept)]));
}

/** Records are trimmed from the oldest on: the first one of each partition tells. */
export async function holdsBefore(pool: Pool, topics: readonly string[], moment: Date): Promise<boolean> {
  const { rows } = await pool.query<{ held: boolean }>(
    `SELECT coalesce(bool_or(oldest.appended_at < $2), false) AS held FROM event_log.partitions AS p
     CROSS JOIN LATERAL (
       SELECT appended_at FROM event_log.records WHERE partition_id = p.id ORDER BY record_offset LIMIT 1) AS oldest
     WHERE p.topic = ANY ($1::text[])`,
    [topics, moment],
  );
  return rows[0]?.held === true;
}
