import type { Sweep } from './sweeper.ts';

/**
 * What comes of a sweep where the clock is wrong. `takes`: because a date has come, something goes, or a law or a hold is taken to be over,
 * and that does not come back. `goes-on`: what had begun while the clocks agreed, or what a fresh look finds. `keeps`: something is noted,
 * told or planned, and by another plan nothing of it is lost.
 */
type Effect = 'takes' | 'goes-on' | 'keeps';

/** Work that falls due by the clock. None is without a word on what a wrong one does: the service takes no other. */
export interface DatedSweep {
  name: string;
  effect: Effect;
  sweep: Sweep;
}

/** What the sweeper runs: what takes something away waits while the clocks do not agree, and asks before each turn. */
export const whileClocksAgree = (clocksAgree: () => Promise<boolean>, sweeps: readonly DatedSweep[]): Sweep[] =>
  sweeps.map(({ effect, sweep }) => (effect === 'takes' ? async () => (await clocksAgree()) && sweep() : sweep));
