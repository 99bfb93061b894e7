import type { Pool } from '../../postgres/pool.ts';
import { isRetryable } from '../../postgres/transaction.ts';
import type { LogRecord } from '../port.ts';
import { partitionOf } from './key-hash.ts';
import type { PartitionIds } from './topic-catalog.ts';

/**
 * One statement, and so one transaction and one round trip. It locks the rows of its partitions in the order of their ids, so two
 * appends never wait for each other, and holds them until it is committed: an offset that can be read is never followed by a lower
 * one that becomes readable later.
 */
const APPEND = `
  WITH input AS MATERIALIZED (
    SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::int[])
      WITH ORDINALITY AS record (partition_id, key, headers, value_start, value_length, n)
  ), locked AS MATERIALIZED (
    SELECT id FROM event_log.partitions WHERE id = ANY ($1::int[]) ORDER BY id FOR UPDATE
  ), advanced AS (
    UPDATE event_log.partitions AS p SET next_offset = p.next_offset + appended.records
    FROM locked JOIN (SELECT partition_id, count(*) AS records FROM input GROUP BY partition_id) AS appended
      ON appended.partition_id = locked.id
    WHERE p.id = locked.id
    RETURNING p.id, p.next_offset - appended.records AS first
  )
  INSERT INTO event_log.records (partition_id, record_offset, key, value, headers)
  SELECT partition_id, first + row_number() OVER (PARTITION BY partition_id ORDER BY n) - 1,
    key, substr($6::bytea, value_start, value_length), headers::json
  FROM input JOIN advanced ON advanced.id = partition_id`;

const ATTEMPTS_MAX = 3;

/** @returns the ids of the partitions that were appended to */
export async function appendRecords(
  pool: Pool,
  records: readonly LogRecord[],
  topics: ReadonlyMap<string, PartitionIds>,
): Promise<number[]> {
  const ids = records.map(({ topic, key }) => {
    const partitions = topics.get(topic) ?? [];
    return partitions[partitionOf(key, partitions.length)] ?? 0;
  });
  const lengths = records.map(({ value }) => value.byteLength);
  let end = 1;
  const starts = lengths.map((length) => {
    end += length;
    return end - length;
  });
  const values = [
    ids,
    records.map(({ key }) => key),
    records.map(({ headers }) => JSON.stringify(headers)),
    starts,
    lengths,
    // One parameter for all values travels as it is; an array of them would be written in hexadecimal digits.
    Buffer.concat(records.map(({ value }) => value)),
  ];
  const { rowCount } = await queryAgain(pool, values);
  if (rowCount !== records.length) throw new Error(`${rowCount} of ${records.length} record(s) were appended`);
  return [...new Set(ids)];
}

/** A deadlock, with a transaction that is not ours, was rolled back and may be tried again without appending twice. */
async function queryAgain(pool: Pool, values: unknown[]) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await pool.query({ name: 'event-log-append', text: APPEND, values });
    } catch (error) {
      if (!isRetryable(error) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}
