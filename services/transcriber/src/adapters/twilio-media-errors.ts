import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { retryAfterMs } from '@onrecord/shared/http/retry-after';
import type { Dispatcher } from 'undici';
import { STAGES } from '../domain/stages.ts';
import { PrivateAddressError } from './public-address.ts';

/** What an answer other than 200 means for a recording, and what helps. */
export function answerError(
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  url: URL,
  now: Date,
): StageError {
  const answered = `${url.host} answered ${statusCode} for the recording's media`;
  if (statusCode === 404) {
    const why = 'it is not ready yet, was deleted at Twilio, or is kept in an external S3 bucket';
    return new StageError(STAGES.mediaNotReady, `${answered}: ${why}`, { kind: 'transient' });
  }
  if (statusCode === 401 || statusCode === 403) {
    // Right credentials make the same event succeed, so it is not thrown away: it is tried for hours before it is given up.
    const remedy =
      'check TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET, and that the region of TWILIO_API_URL is theirs';
    return new StageError(STAGES.mediaFetch, `${answered}: ${remedy}`, { kind: 'transient' });
  }
  const isTransient = statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500;
  return new StageError(STAGES.mediaFetch, answered, {
    kind: isTransient ? 'transient' : 'permanent',
    retryAfterMs: retryAfterMs([headers['retry-after']].flat()[0], now),
  });
}

/** A connection that failed, a time-out, or a body that broke off: worth another try, unless a redirect went astray. */
export function connectionError(error: unknown, origin: string): StageError {
  if (error instanceof StageError) return error;
  const privateAddress = findCause(error, PrivateAddressError);
  if (privateAddress) {
    return new StageError(STAGES.mediaFetch, `the recording's media: ${privateAddress.message}`, {
      kind: 'permanent',
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new StageError(STAGES.mediaFetch, `the recording could not be read from ${origin}: ${message}`, {
    kind: 'transient',
    cause: error,
  });
}

function findCause<T extends Error>(error: unknown, type: new (message: string) => T): T | undefined {
  if (error instanceof type) return error;
  return error instanceof Error && error.cause !== undefined ? findCause(error.cause, type) : undefined;
}
