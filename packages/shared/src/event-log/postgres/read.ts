import type { Pool } from '../../postgres/pool.ts';
import type { StoredRecord } from '../port.ts';

/** A partition and what to read of it next. */
export interface ReadFrom {
  partitionId: number;
  topic: string;
  number: number;
  nextOffset: bigint;
}

export interface ReadBounds {
  /** Of each partition. */
  recordsMax: number;
  /** Of each partition's values; one record is read whatever its size. */
  bytesMax: number;
}

const READ = `
  SELECT wanted.partition_id AS "partitionId", r.record_offset AS "offset", r.key, r.value, r.headers, r.appended_at AS "appendedAt"
  FROM unnest($1::int[], $2::bigint[]) AS wanted (partition_id, next_offset)
  CROSS JOIN LATERAL (
    SELECT record_offset, key, value, headers, appended_at,
      sum(octet_length(value)) OVER (ORDER BY record_offset) - octet_length(value) AS bytes_before
    FROM event_log.records
    WHERE partition_id = wanted.partition_id AND record_offset >= wanted.next_offset
    ORDER BY record_offset LIMIT $3) AS r
  WHERE r.bytes_before < $4
  ORDER BY wanted.partition_id, r.record_offset`;

interface Row {
  partitionId: number;
  offset: bigint;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
  appendedAt: Date;
}

/** The next records of each partition, in one round trip; partitions without any are left out. */
export async function readRecords(
  pool: Pool,
  partitions: readonly ReadFrom[],
  { recordsMax, bytesMax }: ReadBounds,
): Promise<{ partitionId: number; records: StoredRecord[] }[]> {
  const { rows } = await pool.query<Row>({
    name: 'event-log-read',
    text: READ,
    values: [
      partitions.map(({ partitionId }) => partitionId),
      partitions.map(({ nextOffset }) => nextOffset),
      recordsMax,
      bytesMax,
    ],
  });
  const byId = new Map(partitions.map((partition) => [partition.partitionId, partition]));
  return [...Map.groupBy(rows, ({ partitionId }) => partitionId)].map(([partitionId, ofPartition]) => {
    const { topic = '', number = 0 } = byId.get(partitionId) ?? {};
    return {
      partitionId,
      records: ofPartition.map(({ partitionId: _, ...row }) => ({ topic, partition: number, ...row })),
    };
  });
}
