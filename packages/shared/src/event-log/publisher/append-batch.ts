import type { LogRecord } from '../port.ts';

/** One call that waits for its records to be durable. */
export interface Waiting {
  records: readonly LogRecord[];
  /** On the clock of `performance.now()`. */
  deadline: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface Batch {
  taken: Waiting[];
  left: Waiting[];
  /** Of the records taken. */
  keys: Set<string>;
}

/**
 * Takes calls from the front until the batch is full. A call is passed over when one of its keys is busy, in an append under way or
 * in a call passed over before it, since it would overtake the records of that key.
 */
export function takeBatch(
  waiting: readonly Waiting[],
  keysInFlight: ReadonlySet<string>,
  limits: { recordsMax: number; bytesMax: number },
): Batch {
  const batch: Batch = { taken: [], left: [], keys: new Set() };
  const passedOver = new Set<string>();
  let records = 0;
  let bytes = 0;
  for (const [index, call] of waiting.entries()) {
    const keys = call.records.map(keyOf);
    if (keys.some((key) => keysInFlight.has(key) || passedOver.has(key))) {
      for (const key of keys) passedOver.add(key);
      batch.left.push(call);
      continue;
    }
    records += call.records.length;
    bytes += call.records.reduce((sum, record) => sum + bytesOf(record), 0);
    if (batch.taken.length > 0 && (records > limits.recordsMax || bytes > limits.bytesMax)) {
      batch.left.push(...waiting.slice(index));
      break;
    }
    batch.taken.push(call);
    for (const key of keys) batch.keys.add(key);
  }
  return batch;
}

const keyOf = (record: LogRecord) => `${record.topic} ${record.key}`;

function bytesOf(record: LogRecord): number {
  let bytes = record.value.byteLength + record.key.length;
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0);
  return bytes;
}
