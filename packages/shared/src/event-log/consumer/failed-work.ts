import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import { decideFailure, type RetryPolicy, reasonOf, stageOf } from '../failure-policy.ts';
import type { EventLog, LogRecord } from '../port.ts';
import { callOnce, type DeadLetterHook, isWorthAnotherCall } from './dead-letter-hook.ts';
import { deadLetterRecord, type Failure, requeuedRecord, retryRecord } from './failure-headers.ts';
import type { ConsumerMetrics } from './metrics.ts';
import { logFields, type Work } from './work.ts';

export interface FailedWorkOptions {
  log: Pick<EventLog, 'append'>;
  group: string;
  retryPolicy: RetryPolicy;
  onDeadLetter?: DeadLetterHook | undefined;
  /** How long a dead-letter hook may take before it counts as failed. */
  hookTimeoutMs: number;
  logger: Logger;
  metrics: ConsumerMetrics;
}

/** The log is asked again after these pauses when it does not take a failed record; the last one repeats. */
const BACKOFF_MS = { first: 100, max: 5_000 };

/**
 * Moves failed events to where they wait or rest. Each method resolves true once that is durable, so that the offset may count as
 * done; it keeps trying until then, and resolves false only when the partition was given up meanwhile.
 */
export class FailedWork {
  readonly #options: FailedWorkOptions;

  constructor(options: FailedWorkOptions) {
    this.#options = options;
  }

  async settle(work: Work, error: unknown): Promise<boolean> {
    const { group, retryPolicy, logger, metrics } = this.#options;
    const decision = decideFailure(error, work.attempt, retryPolicy);
    if (decision.action === 'commit') {
      metrics.count(work.record.topic, 'handled');
      logger.debug({ ...logFields(work), reason: reasonOf(error) }, 'nothing to do for an event');
      return true;
    }
    const isPostponed = decision.action === 'postpone';
    metrics.count(work.record.topic, isPostponed ? 'postponed' : 'failed');
    const lastFailedAt = new Date();
    const failure: Failure = {
      group,
      stage: stageOf(error),
      reason: decision.action === 'dead-letter' ? decision.reason : reasonOf(error),
      attempts: isPostponed ? work.attempt - 1 : work.attempt,
      firstFailedAt: work.earlier?.firstFailedAt ?? lastFailedAt,
      lastFailedAt,
    };
    if (isPostponed) return this.#postpone(work, failure, decision.afterMs);
    return decision.action === 'retry'
      ? this.#retry(work, failure, decision.afterMs)
      : this.#bury(work, failure, error);
  }

  /** The record's real time lies beyond what its retry topic waits: it waits once more, and no attempt is counted. */
  requeue(work: Work): Promise<boolean> {
    const waitMs = Math.max(1, work.notBefore - Date.now());
    return this.#append(work, requeuedRecord(work.record, work.partition.role, waitMs));
  }

  async #retry(work: Work, failure: Failure, afterMs: number): Promise<boolean> {
    const { logger, metrics } = this.#options;
    const record = retryRecord(work.record, work.partition.role, failure, afterMs);
    if (!(await this.#append(work, record))) return false;
    metrics.count(work.record.topic, 'retried');
    const { stage, reason } = failure;
    logger.warn(
      { ...logFields(work), stage, reason, retryAfterMs: afterMs },
      'an event failed and will be tried again',
    );
    return true;
  }

  async #postpone(work: Work, failure: Failure, afterMs: number): Promise<boolean> {
    if (!(await this.#append(work, retryRecord(work.record, work.partition.role, failure, afterMs)))) return false;
    const { stage, reason } = failure;
    this.#options.logger.info({ ...logFields(work), stage, reason, retryAfterMs: afterMs }, 'an event is postponed');
    return true;
  }

  async #bury(work: Work, failure: Failure, error: unknown): Promise<boolean> {
    const { hookTimeoutMs, logger, metrics, onDeadLetter } = this.#options;
    if (!(await this.#append(work, deadLetterRecord(work.record, work.partition.role, failure)))) return false;
    const info = { ...failure, topic: work.partition.role.origin, record: work.record, error };
    if (onDeadLetter && !(await this.#tell(work, () => callOnce(onDeadLetter, work.event, info, hookTimeoutMs))))
      return false;
    metrics.count(work.record.topic, 'dead_lettered');
    const { stage, reason, attempts } = failure;
    logger.error({ ...logFields(work), stage, reason, attempts }, 'an event became a dead letter');
    return true;
  }

  #append(work: Work, record: LogRecord): Promise<boolean> {
    return this.#persist(work, 'a failed event could not be moved', () => this.#options.log.append([record]));
  }

  /** A hook that can only fail must not hold up its partition: the dead letter is durable, and says all that the hook would. */
  #tell(work: Work, call: () => Promise<void>): Promise<boolean> {
    const { logger, metrics, retryPolicy } = this.#options;
    let calls = 0;
    return this.#persist(work, 'the dead-letter hook failed', async () => {
      calls += 1;
      try {
        await call();
      } catch (error) {
        if (isWorthAnotherCall(error, calls, retryPolicy)) throw error;
        metrics.count(work.record.topic, 'hook_failed');
        logger.error(
          { ...logFields(work), reason: reasonOf(error), count: calls },
          'the dead-letter hook failed for good',
        );
      }
    });
  }

  async #persist(work: Work, complaint: string, action: () => Promise<void>): Promise<boolean> {
    for (let pauseMs = BACKOFF_MS.first; ; pauseMs = Math.min(2 * pauseMs, BACKOFF_MS.max)) {
      if (work.partition.ended.aborted) return false;
      try {
        await action();
        return true;
      } catch (error) {
        this.#options.logger.warn({ ...logFields(work), reason: reasonOf(error), retryAfterMs: pauseMs }, complaint);
      }
      await sleep(pauseMs, undefined, { signal: work.partition.ended }).catch(() => {});
    }
  }
}
