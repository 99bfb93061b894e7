import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { retryAfterMs } from '@onrecord/shared/http/retry-after';
import { STAGES } from '../domain/stages.ts';
import { troubleOf } from '../domain/trouble-of.ts';
import type { Reached } from './media-requests.ts';
import { PrivateAddressError } from './public-address.ts';
import type { TwilioRecording } from './twilio-recording.ts';

/** What an answer other than 200 means for a recording, and what helps. */
export function answerError({ answer: { statusCode, headers }, url }: Reached, now: Date): StageError {
  const answered = `${url.host} answered ${statusCode} for the recording's media`;
  if (statusCode === 404) {
    const why = 'it is not ready yet, was deleted at Twilio, or is kept in an external S3 bucket';
    return new StageError(STAGES.mediaNotReady, `${answered}: ${why}`, { kind: 'transient' });
  }
  if (statusCode === 401 || statusCode === 403) {
    // Right credentials make the same event succeed, so it is not thrown away: it is tried for hours before it is given up.
    const remedy =
      'check TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET, and that the region of TWILIO_API_URL is theirs';
    return new StageError(STAGES.mediaFetch, `${answered}: ${remedy}`, { kind: 'transient', trouble: 'away' });
  }
  const trouble = troubleOf(statusCode);
  const isTransient = statusCode === 408 || statusCode === 425 || statusCode >= 500;
  return new StageError(STAGES.mediaFetch, answered, {
    kind: trouble === 'busy' ? 'postponed' : isTransient ? 'transient' : 'permanent',
    retryAfterMs: retryAfterMs([headers['retry-after']].flat()[0], now),
    trouble,
  });
}

/** Where nothing will ever come: Twilio's words for a recording, and why. */
const ENDS: Readonly<Record<string, string>> = {
  deleted: 'it was deleted there before it could be read',
  absent: 'there never was audio',
  failed: 'it could not be kept',
};

/** What a missing recording's resource tells: whether waiting helps. */
export function missingError({ host }: URL, about: TwilioRecording | undefined): StageError {
  if (about === undefined) {
    const reason = `${host} knows no such recording: it is too new, or was deleted more than 40 days ago`;
    return new StageError(STAGES.mediaNotReady, reason, { kind: 'transient' });
  }
  const end = ENDS[about.status];
  const code = about.errorCode ? `, error ${about.errorCode}` : '';
  const reason = `${host} has no media of the recording, whose status is "${about.status}"${code}`;
  if (end === undefined) return new StageError(STAGES.mediaNotReady, `${reason}: not ready yet`, { kind: 'transient' });
  return new StageError(STAGES.mediaGone, `${reason}: ${end}`, { kind: 'permanent' });
}

/** The account keeps its recordings in an S3 bucket of its own, whose owner can open it. */
export function refusedByBucket({ answer: { statusCode, headers }, url }: Reached, now: Date): StageError {
  const reason = `the recording is kept outside of Twilio, at ${url.host}, which answered ${statusCode} to a request without credentials`;
  const remedy = 'let it be read from here, or turn external storage off for recordings that Onrecord is to archive';
  return new StageError(STAGES.mediaFetch, `${reason}: ${remedy}`, {
    kind: 'transient',
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
    trouble: 'away',
    cause: error,
  });
}

function findCause<T extends Error>(error: unknown, type: new (message: string) => T): T | undefined {
  if (error instanceof type) return error;
  return error instanceof Error && error.cause !== undefined ? findCause(error.cause, type) : undefined;
}
