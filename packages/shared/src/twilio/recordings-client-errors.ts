import { StageError } from '../event-log/failure-policy.ts';

/** "Cannot delete before complete". Source: Twilio's error catalogue. */
const NOT_COMPLETE_YET = 20_009;

/** Twilio finishes a recording within minutes of the call's end. */
const NOT_COMPLETE_RETRY_MS = 300_000;

/** Whether Twilio says that it has no such recording (any more). */
export const isNotFound = (error: unknown): boolean => partsOf(error).status === 404;

/** What the SDK threw, as an error that says at which stage, whether it can pass, and what a person can do. */
export function twilioFailure(stage: string, error: unknown): StageError {
  if (error instanceof StageError) return new StageError(stage, error.message, { ...error, cause: error.cause });
  const { status, code, message } = partsOf(error);
  if (code === NOT_COMPLETE_YET) {
    return new StageError(stage, 'Twilio has not completed this recording yet and cannot delete it before', {
      kind: 'transient',
      retryAfterMs: NOT_COMPLETE_RETRY_MS,
    });
  }
  if (status === 401 || status === 403) {
    const remedy = 'check TWILIO_ACCOUNT_SID and TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET, or TWILIO_AUTH_TOKEN';
    return new StageError(stage, `Twilio refuses the credentials (${status}): ${remedy}`, { kind: 'permanent' });
  }
  const kind = status === undefined ? 'transient' : 'permanent';
  const details = [status, code && `code ${code}`].filter(Boolean).join(', ');
  return new StageError(stage, `Twilio refuses the request (${details || 'no answer'}): ${message}`, { kind });
}

/** The fields of the SDK's RestException; absent on any other error. */
function partsOf(error: unknown): { status?: number; code?: number; message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { status, code } = error as { status?: unknown; code?: unknown };
  return {
    message: error.message,
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'number' ? { code } : {}),
  };
}
