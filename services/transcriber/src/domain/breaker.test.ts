import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, type Breaker, CLOSED, failed, succeeded } from './breaker.ts';

const settings = { failuresMax: 3, pauseMs: 1_000, pauseMsMax: 4_000 };
const away = (breaker: Breaker, now: number) =>
  failed(breaker, { trouble: 'away', retryAfterMs: undefined }, now, settings);
const busy = (breaker: Breaker, now: number, retryAfterMs?: number) =>
  failed(breaker, { trouble: 'busy', retryAfterMs }, now, settings);
const waitOf = (breaker: Breaker, now: number) => admit(breaker, now, settings).waitMs;
const probe = (breaker: Breaker, now: number) => admit(breaker, now, settings).breaker;

describe('a breaker', () => {
  it('lets everybody through until there were failures in a row', () => {
    const twice = away(away(CLOSED, 0), 0);
    expect(waitOf(twice, 0)).toBe(0);
    expect(waitOf(away(twice, 0), 0)).toBe(1_000);
    expect(waitOf(away(succeeded(twice), 0), 0)).toBe(0);
  });

  it('is blocked at once by who asks to be left alone, for as long as it asks', () => {
    expect(waitOf(busy(CLOSED, 0, 30_000), 10_000)).toBe(20_000);
    expect(waitOf(busy(CLOSED, 0), 0)).toBe(1_000);
  });

  it('waits for the longest of what it was asked for', () => {
    expect(waitOf(busy(busy(CLOSED, 0, 30_000), 1, 50_000), 1)).toBe(50_000);
    expect(waitOf(busy(busy(CLOSED, 0, 30_000), 1, 50), 1)).toBe(29_999);
  });

  it('lets one probe through after the pause, and another when that one says nothing', () => {
    const blocked = busy(CLOSED, 0, 5_000);
    expect(waitOf(blocked, 5_000)).toBe(0);
    const probing = probe(blocked, 5_000);
    expect(waitOf(probing, 5_001)).toBe(999);
    expect(waitOf(probing, 6_000)).toBe(0);
  });

  it('is closed by a probe that succeeds, and by nothing that began before the pause', () => {
    const blocked = busy(CLOSED, 0, 5_000);
    expect(succeeded(blocked)).toEqual(blocked);
    expect(succeeded(probe(blocked, 5_000))).toEqual(CLOSED);
  });

  it('pauses twice as long after each probe that fails, up to a maximum', () => {
    let breaker = busy(CLOSED, 0);
    const pauses = [1_000];
    for (let now = 1_000; pauses.length < 5; now = breaker.until) {
      breaker = away(probe(breaker, now), now);
      pauses.push(breaker.until - now);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  it('is never blocked for longer than its maximum, or than what it was asked for, whatever happens in whatever order', () => {
    const step = fc.record({
      what: fc.constantFrom('admit', 'succeed', 'away', 'busy'),
      retryAfterMs: fc.option(fc.nat(20_000), { nil: undefined }),
      passedMs: fc.nat(3_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let breaker = CLOSED;
        let now = 0;
        for (const { what, retryAfterMs, passedMs } of steps) {
          now += passedMs;
          if (what === 'admit') breaker = probe(breaker, now);
          else if (what === 'succeed') breaker = succeeded(breaker);
          else breaker = what === 'busy' ? busy(breaker, now, retryAfterMs) : away(breaker, now);
          expect(waitOf(breaker, now)).toBeLessThanOrEqual(20_000);
        }
        expect(waitOf(breaker, now + 20_000)).toBe(0);
      }),
    );
  });
});
