import type { Pool } from '../../postgres/pool.ts';
import type { StoredRecord } from '../port.ts';
import { readRecords } from './read.ts';

const BOUNDS = { recordsMax: 100, bytesMax: 8_000_000 };

/** Everything that these partitions have at this moment. */
export async function readNow(
  pool: Pool,
  topic: string,
  partitionIds: readonly number[],
  onRecord: (record: StoredRecord) => void,
): Promise<void> {
  const { rows } = await pool.query<{ id: number; end: bigint }>(
    'SELECT id, next_offset AS "end" FROM event_log.partitions WHERE id = ANY ($1::int[])',
    [partitionIds],
  );
  const ends = new Map(rows.map(({ id, end }) => [id, end]));
  for (const [number, partitionId] of partitionIds.entries()) {
    const end = ends.get(partitionId) ?? 0n;
    for (let nextOffset = 0n; nextOffset < end; ) {
      const [read] = await readRecords(pool, [{ partitionId, topic, number, nextOffset }], BOUNDS);
      if (read === undefined) break;
      for (const record of read.records) {
        if (record.offset < end) onRecord(record);
        nextOffset = record.offset + 1n;
      }
    }
  }
}
