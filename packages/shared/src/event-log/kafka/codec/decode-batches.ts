import type { KafkaMessage } from 'kafkajs';
import { RecordReader } from './record-reader.ts';

/** What kafkajs asks a message of a batch beside its content, to leave out what a transaction took back. */
interface BatchContext {
  producerId: string;
  inTransaction: boolean;
}

/** A message as kafkajs's consumer passes it on; header values are texts already, the last one where a name comes twice. */
export type DecodedMessage = Omit<KafkaMessage, 'size' | 'headers'> & {
  headers: Record<string, string>;
  isControlRecord: boolean;
  batchContext: BatchContext;
};

/** Offsets of the fields of a batch, in bytes. Source: "Record Batch" in Kafka's protocol guide. */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const MAGIC = 2;
const COMPRESSION_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/**
 * Decodes what a fetch brought of one partition; a batch that is cut off at the end is left out, as it comes again with the next fetch.
 * @returns `undefined` where a batch is compressed or of an older format: neither is written here, and kafkajs can read it
 * @throws RangeError when a record does not end within its batch
 */
export function decodeBatches(buffer: Buffer): DecodedMessage[] | undefined {
  const messages: DecodedMessage[] = [];
  let at = 0;
  while (at + RECORDS_AT <= buffer.length) {
    const end = at + LENGTH_AT + 4 + buffer.readInt32BE(at + LENGTH_AT);
    if (end > buffer.length) break;
    const batch = buffer.subarray(at, end);
    if (batch[MAGIC_AT] !== MAGIC) return undefined;
    const attributes = batch.readInt16BE(ATTRIBUTES_AT);
    if ((attributes & COMPRESSION_MASK) !== 0) return undefined;
    decodeBatch(batch, attributes, messages);
    at = end;
  }
  return messages;
}

function decodeBatch(batch: Buffer, attributes: number, messages: DecodedMessage[]): void {
  const firstOffset = Number(batch.readBigInt64BE(0));
  const isAppendTime = (attributes & LOG_APPEND_TIME) !== 0;
  const timestamp = Number(batch.readBigInt64BE(isAppendTime ? MAX_TIMESTAMP_AT : FIRST_TIMESTAMP_AT));
  const inTransaction = (attributes & TRANSACTIONAL) !== 0;
  const batchContext = { producerId: String(batch.readBigInt64BE(PRODUCER_ID_AT)), inTransaction };
  const isControlRecord = (attributes & CONTROL) !== 0;
  const reader = new RecordReader(batch, RECORDS_AT);
  for (let left = batch.readInt32BE(COUNT_AT); left > 0; left -= 1) {
    const end = reader.varint() + reader.offset;
    // The attributes of a single record are unused.
    reader.offset += 1;
    const timestampDelta = reader.varlong();
    const message: DecodedMessage = {
      attributes: 0,
      timestamp: String(isAppendTime ? timestamp : timestamp + timestampDelta),
      offset: String(firstOffset + reader.varint()),
      key: reader.bytes(),
      value: reader.bytes(),
      headers: decodeHeaders(reader),
      isControlRecord,
      batchContext,
    };
    messages.push(message);
    // A later version of the format may add fields at the end.
    reader.offset = end;
  }
}

function decodeHeaders(reader: RecordReader): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let left = reader.varint(); left > 0; left -= 1) headers[reader.text()] = reader.text();
  return headers;
}
