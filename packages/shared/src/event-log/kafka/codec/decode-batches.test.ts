import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBatches } from './decode-batches.ts';
import { encodeRecord } from './encode-record.ts';

const require = createRequire(import.meta.url);
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0');
const Encoder = require('kafkajs/src/protocol/encoder');
const Decoder = require('kafkajs/src/protocol/decoder');
const DECODE_MESSAGES = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages';

interface Message {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | string>;
  isControlRecord: boolean;
  batchContext: { producerId: string; inTransaction: boolean };
}
const kafkajsDecode: (decoder: unknown) => Promise<Message[]> = require(DECODE_MESSAGES);

const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
// kafkajs takes a header named like a method of every object for one that is there already.
const name = text.filter((given) => !(given in {}));
const batch = fc.record({
  firstOffset: fc.nat(),
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  producerId: fc.integer({ min: -1, max: 1_000 }),
  transactional: fc.boolean(),
  records: fc.array(
    fc.record({
      timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      key: fc.option(bytes),
      value: fc.option(bytes),
      headers: fc.dictionary(name, text, { maxKeys: 8 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});
type Batch = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

async function onTheWire({ records, ...context }: Batch, compression = 0): Promise<Buffer> {
  const encoded = records.map((record, offsetDelta) => encodeRecord({ ...record, offsetDelta }));
  const written = await RecordBatch({ ...context, compression, records: encoded, maxTimestamp: 2 ** 42 });
  return written.buffer;
}

const asTexts = ({ headers, offset, timestamp, key, value, isControlRecord, batchContext }: Message) => ({
  ...{ offset, timestamp, key, value, isControlRecord },
  headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bytes.toString()])),
  ...{ producerId: batchContext.producerId, inTransaction: batchContext.inTransaction },
});

/** What a fetch response has of a partition: the batches after their length. */
const afterLength = (buffer: Buffer) => new Decoder(new Encoder().writeBytes(buffer).buffer);

it('reads the same messages as kafkajs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 4 }), async (batches) => {
      const buffer = Buffer.concat(await Promise.all(batches.map((one) => onTheWire(one))));
      const theirs = await kafkajsDecode(afterLength(buffer));
      expect(decodeBatches(buffer)?.map(asTexts)).toEqual(theirs.map(asTexts));
    }),
  );
});

it('leaves out the batch that a fetch cut off, wherever it was cut', async () => {
  const [whole, cut] = await Promise.all(fc.sample(batch, 2).map((one) => onTheWire(one)));
  if (!whole || !cut) throw new Error('no samples');
  const expected = decodeBatches(whole)?.map(asTexts);
  for (let length = 0; length < cut.length; length += 1) {
    const read = decodeBatches(Buffer.concat([whole, cut.subarray(0, length)]));
    expect(read?.map(asTexts)).toEqual(expected);
  }
});

it('takes the time of the append where the topic is set to that', async () => {
  const [one] = fc.sample(batch, 1);
  if (!one) throw new Error('no sample');
  const buffer = await onTheWire(one);
  buffer.writeInt16BE(buffer.readInt16BE(21) | 0x08, 21);
  expect(new Set(decodeBatches(buffer)?.map(({ timestamp }) => timestamp))).toEqual(new Set([String(2 ** 42)]));
});

it('tells a record that claims more than its batch has', async () => {
  const record = { timestampDelta: 0, key: Buffer.from('k'), value: Buffer.from('0123456789'), headers: {} };
  const context = { firstOffset: 0, firstTimestamp: 0, producerId: -1, transactional: false };
  const buffer = await onTheWire({ ...context, records: [record] });
  // The length of the value, in zigzag.
  buffer[buffer.indexOf('0123456789') - 1] = 60;
  expect(() => decodeBatches(buffer)).toThrow(RangeError);
});

describe('within kafkajs', () => {
  beforeAll(async () => {
    await import('./install.ts');
  });

  it('takes the place of what kafkajs reads and writes records with', async () => {
    expect(require('kafkajs/src/protocol/recordBatch/record/v0')).toBe(encodeRecord);
    expect(require(DECODE_MESSAGES)).not.toBe(kafkajsDecode);
    const [one] = fc.sample(batch, 1);
    if (!one) throw new Error('no sample');
    const decoder = afterLength(await onTheWire(one));
    const messages: Message[] = await require(DECODE_MESSAGES)(decoder);
    expect(messages.map(asTexts)).toEqual(decodeBatches(await onTheWire(one))?.map(asTexts));
    expect(decoder.canReadBytes(1)).toBe(false);
  });

  it('leaves compressed batches, which others may write, to kafkajs', async () => {
    const gzip = 1;
    const { records, ...context } = fc.sample(batch, 1)[0] as Batch;
    const encoded = records.map((record, offsetDelta) => encodeRecord({ ...record, offsetDelta }));
    const asEncoders = encoded.map(({ buffer }) => new Encoder().writeBuffer(buffer));
    const written = await RecordBatch({ ...context, compression: gzip, records: asEncoders, maxTimestamp: 2 ** 42 });
    expect(decodeBatches(written.buffer)).toBeUndefined();
    const messages: Message[] = await require(DECODE_MESSAGES)(afterLength(written.buffer));
    expect(messages.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
  });
});
