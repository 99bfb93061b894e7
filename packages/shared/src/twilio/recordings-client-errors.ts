import { StageError } from '../event-log/failure-policy.ts';

/** "Cannot delete before complete". Source: Twilio's error catalogue. */
const NOT_COMPLETE_YET = 20_009;

/** Twilio finishes a recording within minutes of the call's end. */
const NOT_COMPLETE_RETRY_MS = 300_000;

/** "Not Found" in Twilio's own words. Source: Twilio's error catalogue. */
const TWILIO_NOT_FOUND = 20_404;

/**
 * Whether Twilio says that it has no such recording (any more). Anybody can answer 404, such as a proxy's page or another host at
 * that address; only Twilio says 20404.
 */
export function isNotFound(error: unknown): boolean {
  const { status, code } = partsOf(error);
  return status === 404 && code === TWILIO_NOT_FOUND;
}

/** Request Timeout, Too Early, Too Many Requests: the same request can succeed later. */
const PASSING = new Set([408, 425, 429]);

/** What the SDK threw, as an error that says at which stage, whether it can pass, and what a person can do. */
export function twilioFailure(stage: string, error: unknown): StageError {
  if (error instanceof StageError) return new StageError(stage, error.message, { ...error, cause: error.cause });
  const { status, code, message } = partsOf(error);
  if (code === NOT_COMPLETE_YET) {
    return new StageError(stage, 'Twilio has not completed this resource yet and cannot delete it before', {
      kind: 'transient',
      retryAfterMs: NOT_COMPLETE_RETRY_MS,
    });
  }
  if (status === 401 || status === 403) {
    const remedy = 'check TWILIO_ACCOUNT_SID and TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET, or TWILIO_AUTH_TOKEN';
    return new StageError(stage, `Twilio refuses the credentials (${status}): ${remedy}`, { kind: 'transient' });
  }
  if (status === 404) {
    return new StageError(stage, 'an answer of 404 that is not Twilio’s: check TWILIO_API_URL', { kind: 'transient' });
  }
  const kind = status === undefined || PASSING.has(status) ? 'transient' : 'permanent';
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
