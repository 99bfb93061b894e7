import { DEFAULT_RETRY_POLICY, decideFailure } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';

export interface Outcome {
  attempts: number;
  waitsMs: number[];
  /** Of the dead letter; absent: done. */
  reason?: string;
}

/**
 * Handles the event as the consumer does, by the retry policy as it is in force and without its waiting, until it is done or given up.
 * @param meanwhile happens between an attempt that failed and the next one
 */
export async function handleByPolicy(
  run: (event: OnrecordEvent, attempt: number) => Promise<void>,
  event: OnrecordEvent,
  meanwhile?: () => Promise<void>,
): Promise<Outcome> {
  const waitsMs: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    try {
      await run(event, attempts);
      return { attempts, waitsMs };
    } catch (error) {
      const decision = decideFailure(error, attempts, DEFAULT_RETRY_POLICY);
      if (decision.action === 'dead-letter') return { attempts, waitsMs, reason: decision.reason };
      if (decision.action !== 'commit') waitsMs.push(decision.afterMs);
      await meanwhile?.();
    }
  }
}
