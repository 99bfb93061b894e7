import { describe, expect, it } from 'vitest';
import { createLatestDecisions } from './latest-decisions.ts';

describe('the latest decisions', () => {
  it('replace earlier ones, in whatever order they are noted', () => {
    const decisions = createLatestDecisions(10);
    decisions.note('RE1', 2);
    decisions.note('RE1', 1);
    expect(decisions.isSuperseded('RE1', 1)).toBe(true);
    expect(decisions.isSuperseded('RE1', 2)).toBe(false);
    expect(decisions.isSuperseded('RE2', 1)).toBe(false);
  });

  it('are forgotten in the order in which they came, and never grow without bound', () => {
    const decisions = createLatestDecisions(2);
    for (const recording of ['RE1', 'RE2', 'RE1', 'RE3']) decisions.note(recording, 5);
    expect(['RE1', 'RE2', 'RE3'].map((recording) => decisions.isSuperseded(recording, 1))).toEqual([true, false, true]);
  });
});
