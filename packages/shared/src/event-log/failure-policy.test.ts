import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  decideFailure,
  NothingToDoError,
  RETRY_AFTER_MAX_MS,
  retryTopics,
  StageError,
  stageOf,
} from './failure-policy.ts';

const transient = (retryAfterMs?: number) =>
  new StageError('download', 'Twilio answered 503', { kind: 'transient', retryAfterMs });

describe('the failure policy', () => {
  it('waits longer from attempt to attempt, then makes a dead letter', () => {
    const waits = Array.from({ length: 12 }, (_, index) => decideFailure(transient(), index + 1, DEFAULT_RETRY_POLICY));
    expect(waits.slice(0, 5)).toEqual(
      [5_000, 60_000, 600_000, 3_600_000, 3_600_000].map((afterMs) => ({ action: 'retry', afterMs })),
    );
    expect(waits.at(-1)).toEqual({
      action: 'dead-letter',
      reason: 'gave up after 12 attempt(s): Twilio answered 503',
    });
  });

  it('makes a dead letter of a permanent failure at once', () => {
    const error = new StageError('parse', 'not JSON', { kind: 'permanent' });
    expect(decideFailure(error, 1, DEFAULT_RETRY_POLICY)).toEqual({ action: 'dead-letter', reason: 'not JSON' });
  });

  it('commits when there is nothing to do any more', () => {
    expect(decideFailure(new NothingToDoError('deleted meanwhile'), 1, DEFAULT_RETRY_POLICY)).toEqual({
      action: 'commit',
    });
  });

  it.each([new TypeError('fetch failed'), 'a string', undefined, null, { code: 'ECONNRESET' }])(
    'tries again after an error that says nothing about itself: %s',
    (error) => {
      expect(decideFailure(error, 1, DEFAULT_RETRY_POLICY)).toEqual({ action: 'retry', afterMs: 5_000 });
      expect(stageOf(error)).toBe('handler');
    },
  );

  it('never comes back before a server’s Retry-After, within a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.double(), (attempt, retryAfterMs) => {
        const decision = decideFailure(transient(retryAfterMs), attempt, DEFAULT_RETRY_POLICY);
        const own = decideFailure(transient(), attempt, DEFAULT_RETRY_POLICY);
        if (decision.action !== 'retry' || own.action !== 'retry') throw new Error('both are retried');
        expect(decision.afterMs).toBeGreaterThanOrEqual(own.afterMs);
        expect(decision.afterMs).toBeLessThanOrEqual(RETRY_AFTER_MAX_MS);
        if (retryAfterMs <= RETRY_AFTER_MAX_MS) expect(decision.afterMs).toBeGreaterThanOrEqual(retryAfterMs);
      }),
    );
  });

  it('postpones for as long as is said, within a day, after any number of attempts', () => {
    const postponed = (retryAfterMs?: number) =>
      new StageError('budget', 'the budget of today is spent', { kind: 'postponed', retryAfterMs });
    for (const attempt of [1, 12, 1_000]) {
      const decide = (ms?: number) => decideFailure(postponed(ms), attempt, DEFAULT_RETRY_POLICY);
      expect(decide(7_200_000)).toEqual({ action: 'postpone', afterMs: 7_200_000 });
      expect(decide(Number.POSITIVE_INFINITY)).toEqual({ action: 'postpone', afterMs: RETRY_AFTER_MAX_MS });
      expect(decide()).toEqual({ action: 'postpone', afterMs: 5_000 });
    }
  });

  it('keeps a reason short enough for a header', () => {
    const error = new StageError('transcribe', 'x'.repeat(5_000), { kind: 'permanent' });
    const decision = decideFailure(error, 1, DEFAULT_RETRY_POLICY);
    expect(decision.action === 'dead-letter' && decision.reason.length).toBe(1_000);
  });

  it('names retry topics by their delay', () => {
    const names = retryTopics('onrecord.media', { delaysMs: [250, 5_000, 90_000, 600_000, 3_600_000], maxAttempts: 3 });
    expect(names.map(({ name }) => name)).toEqual([
      'onrecord.media.retry.250ms',
      'onrecord.media.retry.5s',
      'onrecord.media.retry.90s',
      'onrecord.media.retry.10m',
      'onrecord.media.retry.1h',
    ]);
  });
});
