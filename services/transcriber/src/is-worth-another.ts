import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { STAGES } from './domain/stages.ts';

export interface FallbackLimits {
  /** From this attempt on a provider in trouble is not waited for. */
  attempts: number;
  /** A provider that asks to be left alone for longer, in milliseconds, is not waited for. */
  waitMsMax: number;
}

/**
 * Whether a failure of the first provider is one that another may make good: it refused the recording for good, is left alone because it
 * is away, or is in trouble still after some attempts. Neither an option that is impossible nor an answer that was paid for is.
 * @param isLeftAlone whether nothing was asked, since it had failed for others
 */
export function isWorthAnother(
  error: unknown,
  { attempt, isLeftAlone }: { attempt: number; isLeftAlone: boolean },
  { attempts, waitMsMax }: FallbackLimits,
): error is StageError {
  if (!(error instanceof StageError) || error.stage !== STAGES.transcriptionRequest) return false;
  const { kind, retryAfterMs = 0, trouble } = error;
  if (trouble === 'busy') return retryAfterMs > waitMsMax;
  if (trouble === 'away') return isLeftAlone || attempt >= attempts;
  return kind === 'permanent';
}
