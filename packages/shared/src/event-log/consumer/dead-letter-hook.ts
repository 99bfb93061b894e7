import { setTimeout as sleep } from 'node:timers/promises';
import type { OnrecordEvent } from '../../events/registry.ts';
import { decideFailure, type RetryPolicy } from '../failure-policy.ts';
import { EventLogUnavailableError, type StoredRecord } from '../port.ts';
import type { Failure } from './failure-headers.ts';

/** What a dead letter says. */
export interface DeadLetterInfo extends Failure {
  /** The topic that the event was published to. */
  topic: string;
  record: StoredRecord;
  error: unknown;
}

/** `event` is undefined when the record cannot be read as one. */
export type DeadLetterHook = (event: OnrecordEvent | undefined, info: DeadLetterInfo) => Promise<void>;

/** @throws what the hook throws; Error when it takes longer than `timeoutMs` */
export async function callOnce(
  hook: DeadLetterHook,
  event: OnrecordEvent | undefined,
  info: DeadLetterInfo,
  timeoutMs: number,
): Promise<void> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`it did not finish within ${timeoutMs} ms`);
  });
  // When the hook is first, nobody waits for the timer any more.
  late.catch(() => {});
  await Promise.race([hook(readable(event), info), late]).finally(() => timer.abort());
}

/**
 * While the event log is away, a hook that publishes waits for it, as the dead letter itself did. Any other failure is judged as a
 * handler's would be.
 * @param calls so far, this one included
 */
export function isWorthAnotherCall(error: unknown, calls: number, policy: RetryPolicy): boolean {
  if (error instanceof EventLogUnavailableError) return true;
  return decideFailure(error, calls, policy).action === 'retry';
}

/** An event's data is read when it is asked for, and may turn out to be none. */
function readable(event: OnrecordEvent | undefined): OnrecordEvent | undefined {
  try {
    return event?.data && event;
  } catch {
    return undefined;
  }
}
