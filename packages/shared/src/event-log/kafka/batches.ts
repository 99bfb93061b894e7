import { type LogRecord, RECORD_BYTES_MAX, RecordTooLargeError } from '../port.ts';

/**
 * Kafka counts the framing of a record, too: about 20 bytes and 4 for each header; a little more leaves room. Source: "Record Batch" in
 * Kafka's protocol guide.
 */
const RECORD_FRAME_BYTES = 40;
const HEADER_FRAME_BYTES = 8;

/** Records in one request: kafkajs copies its list for each record that it adds. */
const BATCH_RECORDS_MAX = 1_000;

/**
 * What a topic must take in one batch (`max.message.bytes`): Kafka's default, which is a little more than a record of the greatest size
 * with its framing.
 */
export const BATCH_BYTES_MAX = 1_048_588;

/** What the batch itself needs, with as much again to be on the safe side. */
const BATCH_FRAME_BYTES = 128;

/** @throws RecordTooLargeError */
export function checkSizes(records: readonly LogRecord[]): void {
  for (const record of records) {
    const bytes = contentBytes(record);
    if (bytes <= RECORD_BYTES_MAX) continue;
    throw new RecordTooLargeError(
      `a record for ${record.topic} has ${bytes} bytes with its key and headers, and ${RECORD_BYTES_MAX} are the most`,
    );
  }
}

/** Cuts records into batches that a topic takes even when all go into one partition. Their order stays. */
export function cutIntoBatches(records: readonly LogRecord[]): LogRecord[][] {
  const batches: LogRecord[][] = [];
  let batch: LogRecord[] = [];
  let bytes = BATCH_FRAME_BYTES;
  for (const record of records) {
    const size = contentBytes(record) + frameBytes(record);
    if (batch.length > 0 && (batch.length === BATCH_RECORDS_MAX || bytes + size > BATCH_BYTES_MAX)) {
      batches.push(batch);
      batch = [];
      bytes = BATCH_FRAME_BYTES;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function contentBytes({ key, value, headers }: LogRecord): number {
  let bytes = value.byteLength + Buffer.byteLength(key);
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '');
  return bytes;
}

const frameBytes = ({ headers }: LogRecord) => RECORD_FRAME_BYTES + HEADER_FRAME_BYTES * Object.keys(headers).length;
