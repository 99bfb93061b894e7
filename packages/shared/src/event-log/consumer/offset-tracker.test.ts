import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetTracker } from './offset-tracker.ts';

const entry = (offset: number) => ({ offset: BigInt(offset), done: false });

/** A partition's offsets, ascending with gaps, and an order in which they finish. */
const finishing = fc
  .tuple(fc.nat(100), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 800 }))
  .chain(([first, gaps]) => {
    let offset = first;
    const offsets = gaps.map((gap) => {
      offset += gap;
      return offset;
    });
    return fc.record({
      offsets: fc.constant(offsets),
      order: fc.shuffledSubarray(offsets),
    });
  });

describe('an offset tracker', () => {
  it('never allows a commit beyond the lowest unfinished offset, and always up to it', () => {
    fc.assert(
      fc.property(finishing, ({ offsets, order }) => {
        const tracker = new OffsetTracker(BigInt(offsets[0] ?? 0));
        const entries = new Map(offsets.map((offset) => [offset, entry(offset)]));
        for (const one of entries.values()) tracker.track(one);
        const unfinished = new Set(offsets);
        for (const offset of order) {
          tracker.finish(entries.get(offset) ?? entry(offset));
          unfinished.delete(offset);
          const [lowest = (offsets.at(-1) ?? 0) + 1] = unfinished;
          expect(tracker.nextOffset).toBe(BigInt(lowest));
        }
        expect([...tracker.unfinished()].map((one) => Number(one.offset))).toEqual([...unfinished]);
      }),
      { numRuns: 50 },
    );
  });

  it('follows records that arrive while others finish', () => {
    const tracker = new OffsetTracker<ReturnType<typeof entry>>(7n);
    expect(tracker.nextOffset).toBe(7n);
    const [a, b, c] = [entry(7), entry(9), entry(12)];
    tracker.track(a);
    tracker.track(b);
    tracker.finish(b);
    expect(tracker.nextOffset).toBe(7n);
    tracker.finish(a);
    expect(tracker.nextOffset).toBe(10n);
    tracker.track(c);
    expect(tracker.nextOffset).toBe(12n);
    expect(tracker.oldestUnfinished).toBe(c);
  });

  it('knows what it has seen, finished or not, and what lies before everything that it knows', () => {
    const tracker = new OffsetTracker<ReturnType<typeof entry>>(5n);
    const one = entry(5);
    tracker.track(one);
    tracker.finish(one);
    expect(tracker.has(5n)).toBe(true);
    expect(tracker.has(6n)).toBe(false);
    expect(tracker.precedes(4n)).toBe(true);
    expect(tracker.precedes(5n)).toBe(false);
    expect(() => tracker.track(entry(5))).toThrow(RangeError);
  });
});
