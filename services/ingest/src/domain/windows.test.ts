import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResourceKind } from './resource.ts';
import { advanced, begun, nextLook } from './watermark.ts';
import { isWithin, windowsOf } from './windows.ts';

const DAY_MS = 86_400_000;
const NOON_MS = Date.parse('2026-11-21T12:00:00Z');
const moment = fc.integer({ min: NOON_MS - 40 * DAY_MS, max: NOON_MS });

test('a long time is looked through in days, the oldest first', () => {
  const windows = windowsOf({ sinceMs: NOON_MS - 2 * DAY_MS, untilMs: NOON_MS });
  expect(windows.map(({ sinceMs }) => new Date(sinceMs).toISOString())).toEqual([
    '2026-11-19T12:00:00.000Z',
    '2026-11-20T00:00:00.000Z',
    '2026-11-21T00:00:00.000Z',
  ]);
  expect(windowsOf({ sinceMs: NOON_MS, untilMs: NOON_MS })).toEqual([]);
});

test('every moment of a time is in exactly one of its windows', () => {
  fc.assert(
    fc.property(moment, moment, moment, (a, b, asked) => {
      const [sinceMs, untilMs] = [Math.min(a, b), Math.max(a, b)];
      const holders = windowsOf({ sinceMs, untilMs }).filter((window) => isWithin(window, asked));
      expect(holders).toHaveLength(asked >= sinceMs && asked < untilMs ? 1 : 0);
    }),
  );
});

test('what has no moment that can be read is in any window', () => {
  expect(isWithin({ sinceMs: 0, untilMs: 1 }, undefined)).toBe(true);
});

interface Run {
  /** Since the run before, in milliseconds. */
  afterMs: number;
  /** How many windows are looked through before it fails or its time is over. */
  windows: number;
  /** How long the oldest of what still goes on has been going on, in milliseconds; 0 where nothing does. */
  pendingMs: number;
  /** Another instance does the same at the same moment, from what it last knew, and has the last word. */
  isTwice: boolean;
}

const run: fc.Arbitrary<Run> = fc.record({
  afterMs: fc.integer({ min: 1, max: 3 * DAY_MS }),
  windows: fc.integer({ min: 0, max: 5 }),
  pendingMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * DAY_MS })),
  isTwice: fc.boolean(),
});

// A watermark that once passed a window nobody had looked through would have lost its recordings for good.
test('in whatever order runs fail, end early, wait or coincide, every moment before the watermark was looked at', () => {
  const reach = { overlapMs: 3_600_000, firstMs: DAY_MS };
  fc.assert(
    fc.property(
      fc.array(run, { minLength: 1, maxLength: 12 }),
      fc.constantFrom<ResourceKind>('recording', 'call'),
      (runs, kind) => {
        const looked: { sinceMs: number; untilMs: number }[] = [];
        let nowMs = NOON_MS;
        let watermark = begun({}, nowMs, reach);
        let known = watermark;
        const firstMs = nowMs - reach.firstMs;
        const lookThrough = (from: typeof watermark, { windows, pendingMs }: Run) => {
          let reached = from;
          for (const window of windowsOf(nextLook(from, kind, nowMs, reach)).slice(0, windows)) {
            looked.push(window);
            const heldMs = pendingMs === 0 ? Number.POSITIVE_INFINITY : nowMs - pendingMs;
            const until = { [kind]: new Date(Math.min(window.untilMs, heldMs)).toISOString() };
            reached = begun(advanced(reached, until, nowMs, reach), nowMs, reach);
          }
          return reached;
        };
        for (const each of runs) {
          nowMs += each.afterMs;
          const own = lookThrough(watermark, each);
          watermark = each.isTwice ? lookThrough(known, each) : own;
          known = own;
        }
        let coveredMs = firstMs;
        for (const { sinceMs, untilMs } of looked.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
          if (sinceMs <= coveredMs) coveredMs = Math.max(coveredMs, untilMs);
        }
        expect(coveredMs).toBeGreaterThanOrEqual(Date.parse(watermark[kind]));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a look overlaps the one before, and the first one begins where it was said to', () => {
  const reach = { overlapMs: 3_600_000, firstMs: DAY_MS };
  const watermark = begun({ call: '2026-11-21T11:00:00.000Z' }, NOON_MS, reach);
  expect(nextLook(watermark, 'call', NOON_MS, reach).sinceMs).toBe(NOON_MS - 2 * 3_600_000);
  expect(nextLook(watermark, 'recording', NOON_MS, reach).sinceMs).toBe(NOON_MS - DAY_MS - 3_600_000);
});
