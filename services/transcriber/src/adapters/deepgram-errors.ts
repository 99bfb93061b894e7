import { DeepgramError, DeepgramTimeoutError } from '@deepgram/sdk';
import { StageError, type StageErrorOptions } from '@onrecord/shared/event-log/failure-policy';
import { retryAfterMs } from '@onrecord/shared/http/retry-after';
import { STAGES } from '../domain/stages.ts';
import { troubleOf } from '../domain/trouble-of.ts';
import { RefusedByProviderError } from '../transcription-provider.ts';
import { AnswerTooLongError } from './bounded-fetch.ts';

/** Statuses that a person ends by correcting a setting or an account: tried for hours, not thrown away. */
const REMEDIES: Record<number, string> = {
  401: 'check DEEPGRAM_API_KEY',
  402: 'the Deepgram project has no credit left',
  403: 'the Deepgram key has no right to this model or feature; check DEEPGRAM_API_KEY and the project’s plan',
  404: 'check TRANSCRIPTION_URL',
};

/** Of a gateway that did not wait: the work behind it may go on to its end, and be billed. */
export const GATEWAY_STATUSES: readonly number[] = [502, 504];

/** Deepgram could not read what it was sent, or fetch what it was to fetch: another time it may. */
const TRANSIENT_CODES = ['SLOW_UPLOAD', 'REMOTE_CONTENT_ERROR'];

/** No connection was made: the request never was there. */
const NEVER_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** What a failed request means and what helps. An error without a status never got an answer: it is transient. */
export function deepgramError(error: unknown, baseUrl: string, now: Date): StageError {
  if (error instanceof StageError) return error;
  const host = new URL(baseUrl).host;
  const fail = (message: string, options: Pick<StageErrorOptions, 'kind' | 'trouble'>) =>
    new StageError(STAGES.transcriptionRequest, message, { ...options, cause: error });
  if (error instanceof DeepgramTimeoutError) {
    return fail(`${host} did not answer in time`, { kind: 'transient', trouble: 'away' });
  }
  if (!(error instanceof DeepgramError) || !error.statusCode) {
    const cause = error instanceof DeepgramError && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof AnswerTooLongError) return fail(`${host}: ${cause.message}`, { kind: 'permanent' });
    if (isTimeout(cause)) return fail(`${host} did not answer in time`, { kind: 'transient', trouble: 'away' });
    const message = cause instanceof Error ? cause.message || cause.name : String(cause);
    const didNothing = NEVER_CONNECTED.includes((cause as { code?: string }).code ?? '');
    const ErrorOf = didNothing ? RefusedByProviderError : StageError;
    const unsent = `the audio could not be sent to ${host}: ${message}`;
    return new ErrorOf(STAGES.transcriptionRequest, unsent, { kind: 'transient', trouble: 'away', cause: error });
  }
  return answeredError(error, error.statusCode, host, now);
}

function answeredError(error: DeepgramError, statusCode: number, host: string, now: Date): StageError {
  const said = describeBody(error.body);
  const answered = `${host} answered ${statusCode}${said.text === undefined ? '' : ` (${said.text})`}`;
  const remedy = REMEDIES[statusCode];
  const trouble = remedy === undefined ? troubleOf(statusCode) : 'away';
  const isTransient =
    trouble === 'away' ||
    statusCode < 400 ||
    [408, 425].includes(statusCode) ||
    TRANSIENT_CODES.includes(said.code ?? '');
  const ErrorOf = GATEWAY_STATUSES.includes(statusCode) ? StageError : RefusedByProviderError;
  return new ErrorOf(STAGES.transcriptionRequest, remedy === undefined ? answered : `${answered}: ${remedy}`, {
    kind: trouble === 'busy' ? 'postponed' : isTransient ? 'transient' : 'permanent',
    retryAfterMs: retryAfterMs(error.rawResponse?.headers.get('retry-after'), now),
    trouble,
    cause: error,
  });
}

/** The signal's own, which ends the wait for an answer that is on its way as well. */
const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

/** Takes addresses out of what an error says, and what it was made from, which may say them: a provider repeats what it was told. */
export function hideAddresses(error: StageError): StageError {
  error.message = withoutAddresses(error.message);
  error.stack = withoutAddresses(error.stack ?? '');
  error.cause = undefined;
  return error;
}

export const withoutAddresses = (text: string): string => text.replace(/https?:\/\/[^\s"'<>]+/gi, '(an address)');

/** Deepgram's error bodies: `{err_code, err_msg, request_id}`, or `{category, message, details}` in newer ones. */
export function describeBody(body: unknown): { code: string | undefined; text: string | undefined } {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const field = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const code = field('err_code') ?? field('category');
  const words = [code, field('err_msg') ?? field('message')].filter((word) => word !== undefined);
  return { code, text: words.length > 0 ? words.join(': ').slice(0, ERROR_CHARACTERS_MAX) : undefined };
}

/** A server's message is shown, but a page of HTML is not. */
const ERROR_CHARACTERS_MAX = 300;
