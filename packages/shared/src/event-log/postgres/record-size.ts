import { type LogRecord, RECORD_BYTES_MAX, RecordTooLargeError } from '../port.ts';

/**
 * Postgres would take more; what fits into one log shall fit into the other.
 * @throws RecordTooLargeError
 */
export function checkSizes(records: readonly LogRecord[]): void {
  for (const { topic, key, value, headers } of records) {
    const texts = [key, ...Object.entries(headers).flat()];
    const bytes = value.byteLength + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes <= RECORD_BYTES_MAX) continue;
    throw new RecordTooLargeError(
      `a record for ${topic} has ${bytes} bytes with its key and headers, and ${RECORD_BYTES_MAX} are the most`,
    );
  }
}
