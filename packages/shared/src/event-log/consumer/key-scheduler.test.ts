import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyScheduler } from './key-scheduler.ts';

interface Item {
  laneGroup: string;
  lane: string;
  number: number;
  dropped: boolean;
  nextInLane: Item | undefined;
}

const item = (lane: string, number: number): Item => ({
  laneGroup: 'telephony',
  lane,
  number,
  dropped: false,
  nextInLane: undefined,
});
const isDropped = (one: Item) => one.dropped;

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), lane: fc.constantFrom('a', 'b', 'c', 'd') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), which: fc.nat() }) },
  ),
  { maxLength: 200 },
);

describe('a key scheduler', () => {
  it('hands out every item once, in order within a lane, never two of a lane at a time', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const scheduler = new KeyScheduler<Item>();
        const waiting: Item[] = [];
        const taken: Item[] = [];
        const lastOf = new Map<string, number>();
        let count = 0;
        const take = () => {
          const one = scheduler.take(isDropped);
          if (!one) return false;
          expect(taken.some((other) => other.lane === one.lane)).toBe(false);
          expect(one.number).toBeGreaterThan(lastOf.get(one.lane) ?? -1);
          expect(waiting.find((other) => other.lane === one.lane)).toBe(one);
          lastOf.set(one.lane, one.number);
          waiting.splice(waiting.indexOf(one), 1);
          taken.push(one);
          return true;
        };
        for (const step of script) {
          if (step.do === 'add') {
            const one = item(step.lane, count++);
            waiting.push(one);
            scheduler.add(one);
          } else if (step.do === 'take') take();
          else if (step.do === 'release' && taken.length > 0) {
            for (const one of taken.splice(step.which % taken.length, 1)) scheduler.release(one);
          } else if (step.do === 'drop' && waiting.length > 0) {
            for (const one of waiting.splice(step.which % waiting.length, 1)) {
              one.dropped = true;
              scheduler.countDropped();
            }
          }
          expect(scheduler.waiting).toBe(waiting.length);
        }
        do for (const one of taken.splice(0)) scheduler.release(one);
        while (take());
        expect(waiting).toEqual([]);
      }),
    );
  });

  it('starts lanes in the order in which their items came', () => {
    const scheduler = new KeyScheduler<Item>();
    for (const [number, lane] of ['a', 'a', 'b', 'c'].entries()) scheduler.add(item(lane, number));
    const first = scheduler.take(isDropped);
    expect([first, scheduler.take(isDropped), scheduler.take(isDropped)].map((one) => one?.number)).toEqual([0, 2, 3]);
    expect(scheduler.take(isDropped)).toBeUndefined();
    if (first) scheduler.release(first);
    expect(scheduler.take(isDropped)?.number).toBe(1);
  });
});
