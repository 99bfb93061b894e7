import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { Dependency } from './dependency.ts';

/**
 * Asks, and lets the dependency learn from the answer. An answer that refuses this one piece of work is an answer all the same.
 * @param isOurs whether a failure was made here, such as by giving up: it says nothing of the dependency
 * @throws what `ask` throws
 */
export async function learnFrom<T>(dependency: Dependency, isOurs: () => boolean, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask();
    dependency.learn('answered');
    return answer;
  } catch (error) {
    if (isOurs() || !(error instanceof StageError)) throw error;
    const { kind, message, retryAfterMs, trouble } = error;
    if (trouble !== undefined) dependency.learn({ trouble, retryAfterMs, reason: message });
    else if (kind === 'permanent') dependency.learn('answered');
    throw error;
  }
}
