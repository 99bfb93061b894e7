import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EncodedRecord, encodeRecord, type RecordToEncode } from './encode-record.ts';

const require = createRequire(import.meta.url);
const kafkajsEncode: (record: RecordToEncode) => EncodedRecord = require('kafkajs/src/protocol/recordBatch/record/v0');

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const record: fc.Arbitrary<RecordToEncode> = fc.record({
  offsetDelta: fc.nat(2 ** 20),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  key: fc.option(fc.oneof(bytes, text)),
  value: fc.option(fc.oneof(bytes, text)),
  headers: fc.dictionary(text, fc.oneof(text, bytes, fc.array(text, { maxLength: 3 })), { maxKeys: 12 }),
});

it('writes the same bytes as kafkajs', () => {
  fc.assert(
    fc.property(record, (given) => {
      expect(encodeRecord(given).buffer.equals(kafkajsEncode(given).buffer)).toBe(true);
    }),
  );
});

it('writes a record of the greatest size, and a small one after it', () => {
  for (const size of [1_000_000, 1]) {
    const given = { offsetDelta: 0, timestampDelta: 0, key: 'CA1', value: Buffer.alloc(size, 'x'), headers: {} };
    expect(encodeRecord(given).buffer.equals(kafkajsEncode(given).buffer)).toBe(true);
  }
});
