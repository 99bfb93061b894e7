import type { IHeaders } from 'kafkajs';
import { RecordWriter } from './record-writer.ts';

type Content = Buffer | string | null | undefined;

/** What kafkajs's producer wants encoded. */
export interface RecordToEncode {
  /** Place in its batch. */
  offsetDelta?: number;
  /** Milliseconds after the batch's first. */
  timestampDelta?: number;
  key?: Content;
  value: Content;
  headers?: IHeaders;
}

/** As much of kafkajs's encoder as its batch encoder asks of a record. */
export interface EncodedRecord {
  buf: Buffer;
  buffer: Buffer;
}

/** Encodes one record of a batch of format 2. Source: "Record" in Kafka's protocol guide. */
export function encodeRecord(record: RecordToEncode): EncodedRecord {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = record;
  const writer = new RecordWriter();
  // No attributes of a single record are in use.
  writer.byte(0);
  writer.varlong(timestampDelta);
  writer.varint(offsetDelta);
  writer.content(key);
  writer.content(value);
  writeHeaders(writer, headers);
  const buffer = writer.finish();
  return { buf: buffer, buffer };
}

function writeHeaders(writer: RecordWriter, headers: IHeaders): void {
  let count = 0;
  for (const name in headers) count += valuesOf(headers[name]).length;
  writer.varint(count);
  for (const name in headers) {
    for (const value of valuesOf(headers[name])) {
      writer.content(name);
      writer.content(value);
    }
  }
}

const valuesOf = (value: IHeaders[string]) => (Array.isArray(value) ? value : [value]);
