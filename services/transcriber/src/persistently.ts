import { setTimeout as sleep } from 'node:timers/promises';
import { StageError } from '@onrecord/shared/event-log/failure-policy';

/**
 * Tries a step again after each of the pauses, for steps whose failure would cost more than a little patience.
 * @throws what the last try threw; a permanent StageError at once; what the last try threw when the signal aborts
 */
export async function persistently<T>(
  step: () => Promise<T>,
  pausesMs: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted || (error instanceof StageError && error.kind === 'permanent')) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => Promise.reject(error));
    }
  }
  return step();
}
