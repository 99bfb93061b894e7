import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { PENDING_MAX_MS } from '../domain/judge-resource.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../domain/resource.ts';
import { advanced, begun, nextLook, type Reach, tooLate, type Watermark } from '../domain/watermark.ts';
import type { HeardFacts } from './heard-facts.ts';
import type { Step, TwilioLists } from './step.ts';
import { survey } from './survey.ts';

export interface ReconcileMetrics {
  /** A fact was published that this process had not heard of. */
  reconciled(kind: ResourceKind, lateSeconds: number | undefined): void;
  /** Everything up to `at` was looked through. */
  reconciledUpTo(at: Date): void;
  reconcileFailed(): void;
}

export interface ReconcilerOptions {
  accountSid: string;
  lists: TwilioLists;
  heard: HeardFacts;
  /** Resolves when the events are durable. */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
  reach: Reach;
  graceMs: number;
  /** How long one run may take, in milliseconds; what is left is done by the next one. */
  runMs: number;
  logger: Logger;
  metrics: ReconcileMetrics;
  now(): Date;
}

/** What whoever reconciles works with, as long as it is the one. */
export interface Duty {
  watermark(): Watermark;
  /** Takes the place of what was known of its kinds. Resolves when it is durable. */
  reach(watermark: Watermark): Promise<void>;
  signal: AbortSignal;
}

export interface Reconciler {
  /**
   * Publishes what Twilio knows and this process has not heard of, and moves the watermark behind what is final. A run that failed
   * begins again at the watermark; one that ran out of time goes on where it was.
   * @throws StageError, EventLogUnavailableError
   */
  run(): Promise<void>;
}

export function createReconciler(options: ReconcilerOptions, duty: Duty): Reconciler {
  const { now, runMs, logger, metrics } = options;
  let underway: { steps: AsyncGenerator<Step>; startedAt: Date } | undefined;
  const runOn = async () => {
    const endsMs = performance.now() + runMs;
    underway ??= { steps: surveyAll(options, duty), startedAt: now() };
    let count = 0;
    for (;;) {
      const { value: step, done } = await underway.steps.next();
      if (done) break;
      count += await takeStep(step, options, duty);
      if (performance.now() < endsMs) continue;
      logger.info({ count }, 'there is more to reconcile than one run has time for: the next one goes on');
      return;
    }
    metrics.reconciledUpTo(underway.startedAt);
    underway = undefined;
    if (count > 0) logger.info({ count }, 'published what Twilio knew and no callback had told this process');
  };
  return {
    run: async () => {
      try {
        await runOn();
      } catch (error) {
        underway = undefined;
        throw error;
      }
    },
  };
}

/**
 * Recordings come first, whatever becomes of the other lists. Twilio may list one only once it is processed, long after it began, so
 * their watermark follows that of the calls: what a call that had not settled by the run before recorded may still be missing.
 */
async function* surveyAll(options: ReconcilerOptions, duty: Duty): AsyncGenerator<Step> {
  const { now, reach, logger } = options;
  const known = duty.watermark();
  const beginning = begun(known, now().getTime(), reach);
  for (const kind of tooLate(known, now().getTime(), reach)) {
    logger.warn(
      { type: kind, at: known[kind] },
      `the watermark is in the future: a clock is or was wrong; asking anew from ${beginning[kind]} on, for older ones use "onrecord reconcile --since"`,
    );
  }
  await reachOn(beginning, options, duty);
  for (const kind of RESOURCE_KINDS) {
    const look = nextLook(beginning, kind, now().getTime(), reach);
    const asking = { ...options, settleMs: reach.overlapMs, isKnown: options.heard.has, signal: duty.signal };
    const settledMs = Math.max(Date.parse(beginning.call), look.untilMs - PENDING_MAX_MS);
    yield* survey(kind, look, asking, kind === 'recording' ? settledMs : undefined);
  }
}

const nameOf = (kind: ResourceKind, sid: string | undefined) =>
  ({ call: { callSid: sid }, recording: { recordingSid: sid }, alert: { alertSid: sid } })[kind];

/** @returns how many facts were news */
async function takeStep(step: Step, options: ReconcilerOptions, duty: Duty): Promise<number> {
  const { heard, publish, logger, metrics } = options;
  const { kind, finds, passedOver, reached } = step;
  for (const { sid, reason } of passedOver) {
    logger.warn({ ...nameOf(kind, sid), reason }, 'what Twilio lists cannot be reconciled, and is passed over');
  }
  const news = finds.filter(({ event }) => !heard.has(event.id));
  if (news.length > 0) await publish(news.map(({ event }) => event));
  for (const { lateMs } of news) metrics.reconciled(kind, lateMs === undefined ? undefined : lateMs / 1_000);
  // Only now is everything before it durable.
  if (reached !== undefined) await reachOn({ [kind]: reached }, options, duty);
  return news.length;
}

const reachOn = (reached: Watermark, { now, reach }: ReconcilerOptions, duty: Duty) =>
  duty.reach(advanced(duty.watermark(), reached, now().getTime(), reach));
