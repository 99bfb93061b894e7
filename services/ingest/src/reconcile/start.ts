import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, TopicSpec } from '@onrecord/shared/event-log/port';
import { createReconciler, type Duty, type ReconcilerOptions } from './reconciler.ts';
import { followWatermark } from './watermark-log.ts';

export interface ReconcilingOptions extends Omit<ReconcilerOptions, 'runMs'> {
  log: EventLog;
  topic: Omit<TopicSpec, 'name' | 'partitions'>;
  /** From the end of a run to the next one, in milliseconds. */
  intervalMs: number;
}

/** What a run has not come to, the next one goes on with. */
const RUN_MS = 240_000;
/** The event log is back within minutes; a rebalance costs little. */
const RETRY_MS = 15_000;
/** Part of the interval that is left to chance, so that accounts and installations do not ask Twilio at the same moment. */
const JITTER = 0.1;

/** Reconciles at once and then every interval, in whichever instance has the turn, until closed. */
export function startReconciling(options: ReconcilingOptions): { close(): Promise<void> } {
  const { log, accountSid, topic, logger, metrics, intervalMs } = options;
  const work = async (duty: Duty) => {
    const reconciler = createReconciler({ ...options, runMs: RUN_MS }, duty);
    while (!duty.signal.aborted) {
      await reconciler.run().catch((err) => {
        if (duty.signal.aborted) return;
        metrics.reconcileFailed();
        logger.warn({ err }, 'reconciling with Twilio failed; the next run begins where everything was known');
      });
      const pauseMs = intervalMs * (1 + JITTER * (2 * Math.random() - 1));
      await sleep(pauseMs, undefined, { signal: duty.signal }).catch(() => undefined);
    }
  };
  return followWatermark({ log, accountSid, topic, work, retryMs: RETRY_MS, logger });
}
