import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LogRecord, RECORD_BYTES_MAX, RecordTooLargeError } from '../port.ts';
import { checkSizes, cutIntoBatches } from './batches.ts';

const record = (bytes: number, key = 'k'): LogRecord => ({
  topic: 't',
  key,
  value: new Uint8Array(bytes),
  headers: {},
});

it('keeps every record, in order, in batches that are never empty and seldom more than needed', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: RECORD_BYTES_MAX - 1 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, (bytes) => {
      const records = bytes.map((size) => record(size));
      const batches = cutIntoBatches(records);
      expect(batches.flat()).toEqual(records);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        const total = batch.reduce((sum, { value }) => sum + value.byteLength, 0);
        expect(total).toBeLessThanOrEqual(1_048_588);
      }
    }),
    { numRuns: 50 },
  );
});

it('cuts many small records by their number', () => {
  expect(cutIntoBatches(Array.from({ length: 2_500 }, () => record(1))).map(({ length }) => length)).toEqual([
    1_000, 1_000, 500,
  ]);
});

it('counts bytes, not characters, and key and headers with the value', () => {
  const half = 'ä'.repeat(RECORD_BYTES_MAX / 4);
  checkSizes([{ ...record(RECORD_BYTES_MAX / 2 - 1, half), headers: { h: '' } }]);
  expect(() => checkSizes([{ ...record(RECORD_BYTES_MAX / 2 - 1, half), headers: { h: '!' } }])).toThrow(
    RecordTooLargeError,
  );
});
