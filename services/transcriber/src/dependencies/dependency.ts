import { StageError, type Trouble } from '@onrecord/shared/event-log/failure-policy';
import { admit, type Breaker, type BreakerSettings, CLOSED, failed, succeeded } from '../domain/breaker.ts';
import type { Stage } from '../domain/stages.ts';

/** Somebody else's server, which is left alone while it is busy or away: all work for it waits. */
export interface Dependency {
  readonly name: string;
  /**
   * @throws LeftAloneError while it is left alone; its `trouble` says why: whoever is busy is waited for without an attempt being
   *   counted, whoever is away for as many attempts as there are
   */
  admit(stage: Stage): void;
  /** What a request came to. */
  learn(outcome: Outcome): void;
  isBlocked(): boolean;
}

/** Nothing was asked. */
export class LeftAloneError extends StageError {}

type Outcome = 'answered' | { trouble: Trouble; retryAfterMs: number | undefined; reason: string };

/** What is to be told when a dependency is left alone, tried out again, or back. */
export interface DependencyNews {
  name: string;
  state: 'left-alone' | 'tried-out' | 'back';
  trouble: Trouble;
  waitMs: number;
  reason: string;
}

export function createDependency(
  name: string,
  options: BreakerSettings & { now(): Date; onNews(news: DependencyNews): void },
): Dependency {
  let breaker = CLOSED;
  let reason = '';
  const nowMs = () => options.now().getTime();
  const change = (next: Breaker) => {
    const before = breaker;
    breaker = next;
    const state = stateAfter(before, next);
    if (state === undefined) return;
    const waitMs = state === 'left-alone' ? next.until - nowMs() : 0;
    options.onNews({
      name,
      state,
      trouble: before.pauses > 0 && next.pauses === 0 ? before.trouble : next.trouble,
      waitMs,
      reason,
    });
  };
  return {
    name,
    admit(stage) {
      const { breaker: next, waitMs } = admit(breaker, nowMs(), options);
      change(next);
      if (waitMs === 0) return;
      const why = breaker.trouble === 'busy' ? 'asked to be left alone' : 'is away';
      throw new LeftAloneError(stage, `${name} ${why} and is not asked for another ${waitMs} ms: ${reason}`, {
        kind: breaker.trouble === 'busy' ? 'postponed' : 'transient',
        retryAfterMs: waitMs,
        trouble: breaker.trouble,
      });
    },
    learn(outcome) {
      if (outcome === 'answered') return change(succeeded(breaker));
      reason = outcome.reason;
      change(failed(breaker, outcome, nowMs(), options));
    },
    isBlocked: () => breaker.pauses > 0,
  };
}

function stateAfter(before: Breaker, next: Breaker): DependencyNews['state'] | undefined {
  if (next.pauses === 0) return before.pauses > 0 ? 'back' : undefined;
  if (next.isProbing) return before.isProbing && before.until === next.until ? undefined : 'tried-out';
  return before.pauses === 0 || before.isProbing ? 'left-alone' : undefined;
}
