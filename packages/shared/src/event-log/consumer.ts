import type { Registry } from 'prom-client';
import type { Logger } from '../telemetry/logger.ts';
import type { DeadLetterHook } from './consumer/dead-letter-hook.ts';
import { FailedWork } from './consumer/failed-work.ts';
import type { Handler } from './consumer/handler-runs.ts';
import { ConsumerMember } from './consumer/member.ts';
import { ConsumerMetrics } from './consumer/metrics.ts';
import { inProcessSpan } from './consumer/process-span.ts';
import { topicRoles } from './consumer/topic-roles.ts';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './failure-policy.ts';
import type { EventLog } from './port.ts';

export type { DeadLetterInfo } from './consumer/dead-letter-hook.ts';
export type { HandlerContext } from './consumer/handler-context.ts';
export type { Handler } from './consumer/handler-runs.ts';

export interface ConsumerOptions {
  log: Pick<EventLog, 'append' | 'subscribe'>;
  group: string;
  /** Main topics; their retry topics are read as well and must exist (`topicSpecs`). */
  topics: readonly string[];
  /**
   * Handles one event. At least once, so it must be idempotent on the event's id; events of one key come one after the other, but an
   * event that failed comes back after later ones. What it throws is judged by `decideFailure`. A record of an unknown type never gets
   * here; data that does not fit its schema throws when the handler first reads `event.data` (`openRecord`), and makes a dead letter
   * all the same.
   */
  handle: Handler;
  retryPolicy?: RetryPolicy | undefined;
  /** Handlers at a time. Default 16. */
  concurrency?: number | undefined;
  /** Then the handler's signal is aborted, and its event counts as failed. Default 60 s. */
  handlerTimeoutMs?: number | undefined;
  /** How long an aborted handler may take to stop before its key goes on without it. Default 5 s. */
  handlerGraceMs?: number | undefined;
  /** Records in memory, beyond which partitions are paused; what is on its way already comes on top. Default 2,000. */
  queueMax?: number | undefined;
  /** How long work in flight may take when partitions are given up or the consumer is closed. Default 10 s. */
  drainTimeoutMs?: number | undefined;
  /**
   * Called when a dead letter is durable, before its offset counts as done. Repeated while the log is away, and otherwise as often as
   * the retry policy has an event tried; a permanent error ends it at once.
   */
  onDeadLetter?: DeadLetterHook | undefined;
  logger: Logger;
  metrics: Registry;
  /** The consumer cannot continue; the process should stop and be started again. */
  onFailure(error: Error): void;
}

export interface Consumer {
  /** Starts nothing more, waits for what was started, commits, and leaves the group. The log stays open. */
  close(): Promise<void>;
}

/** How often deadlines are checked, commits are sent and metrics are updated: at most so much is done twice after a crash. */
const TICK_MAX_MS = 250;
const TICKS_PER_TIMEOUT = 10;

/** A dead-letter hook says what happened; unlike a handler it moves no recordings. */
const HOOK_TIMEOUT_MAX_MS = 60_000;

/** Joins the group and handles events until it is closed. */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { log, group, topics, retryPolicy = DEFAULT_RETRY_POLICY, handlerTimeoutMs = 60_000 } = options;
  const logger = options.logger.child({ group });
  const metrics = new ConsumerMetrics(options.metrics, group);
  const roles = topicRoles(topics, retryPolicy);
  const { onDeadLetter } = options;
  const failedWork = new FailedWork({
    log,
    group,
    retryPolicy,
    onDeadLetter,
    hookTimeoutMs: Math.min(handlerTimeoutMs, HOOK_TIMEOUT_MAX_MS),
    logger,
    metrics,
  });
  const member = new ConsumerMember({
    group,
    roles,
    handle: inProcessSpan(options.handle, group),
    concurrency: options.concurrency ?? 16,
    handlerTimeoutMs,
    handlerGraceMs: options.handlerGraceMs ?? 5_000,
    queueMax: options.queueMax ?? 2_000,
    drainTimeoutMs: options.drainTimeoutMs ?? 10_000,
    failedWork,
    logger,
    metrics,
    onFailure: options.onFailure,
  });
  const subscription = await log.subscribe({ group, topics: [...roles.keys()], listener: member });
  member.attach(subscription);
  const ticker = setInterval(() => member.tick(), Math.min(TICK_MAX_MS, handlerTimeoutMs / TICKS_PER_TIMEOUT));
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      await member.drain();
      await subscription.close();
    } finally {
      clearInterval(ticker);
      member.tick();
    }
  };
  return {
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
