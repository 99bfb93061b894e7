import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { retryAfterMs } from '@onrecord/shared/http/retry-after';
import { STAGES } from '../domain/stages.ts';
import { troubleOf } from '../domain/trouble-of.ts';
import { RefusedByProviderError } from '../transcription-provider.ts';
import { AnswerTooLongError } from './bounded-fetch.ts';
import { GATEWAY_STATUSES } from './deepgram-errors.ts';

/** Statuses that a person ends by correcting a setting or the server: tried for hours, not thrown away. */
const REMEDIES: Record<number, string> = {
  401: 'check TRANSCRIPTION_API_KEY',
  402: 'the account has no credit left',
  403: 'check TRANSCRIPTION_API_KEY and what it may do',
  404: 'check TRANSCRIPTION_URL and TRANSCRIPTION_MODEL',
};

export interface RefusedRequest {
  status: number;
  body: Buffer;
  retryAfter: string | undefined;
  /** Another channel of the recording may be billed all the same. */
  isOneOfSeveral: boolean;
}

/** What an answer other than 2xx means and what helps, in the server's own words. */
export function refusedByServer(refused: RefusedRequest, host: string, now: Date): StageError {
  const { body, isOneOfSeveral, retryAfter, status } = refused;
  const said = describeBody(body);
  const answered = `${host} answered ${status}${said === undefined ? '' : ` (${said})`}`;
  const remedy = REMEDIES[status];
  const trouble = remedy === undefined ? troubleOf(status) : 'away';
  const isTransient = trouble === 'away' || status < 400 || [408, 409, 425].includes(status);
  const ErrorOf = isOneOfSeveral || GATEWAY_STATUSES.includes(status) ? StageError : RefusedByProviderError;
  return new ErrorOf(STAGES.transcriptionRequest, remedy === undefined ? answered : `${answered}: ${remedy}`, {
    kind: trouble === 'busy' ? 'postponed' : isTransient ? 'transient' : 'permanent',
    retryAfterMs: retryAfterMs(retryAfter, now),
    trouble,
  });
}

/** A request that got no answer: it is transient, but for an answer beyond its bound. */
export function unanswered(error: unknown, host: string): StageError {
  if (error instanceof StageError) return error;
  const fail = (message: string, kind: 'transient' | 'permanent') =>
    new StageError(STAGES.transcriptionRequest, message, {
      kind,
      trouble: kind === 'transient' ? 'away' : undefined,
      cause: error,
    });
  if (error instanceof AnswerTooLongError) return fail(`${host}: ${error.message}`, 'permanent');
  const { name = '', message = String(error) } = error instanceof Error ? error : {};
  if (/Timeout/.test(name)) return fail(`${host} did not answer in time`, 'transient');
  return fail(`the audio could not be sent to ${host}: ${message || name}`, 'transient');
}

/**
 * The message of an error body: `{error: {message, code}}` (OpenAI, vLLM), `{error: "…"}` (whisper.cpp), `{detail: …}` (FastAPI), or a
 * text. A page of HTML says nothing.
 */
function describeBody(body: Buffer): string | undefined {
  const text = body.toString('utf8').trim();
  let said: string | undefined;
  try {
    said = errorIn(JSON.parse(text)) ?? text;
  } catch {
    said = text.startsWith('<') ? undefined : text;
  }
  return said ? said.slice(0, ERROR_CHARACTERS_MAX) : undefined;
}

/** The message of an error that an answer carries, whatever its status; `undefined` where it carries none. */
export function errorIn(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { detail, error, message } = answer as Record<string, unknown>;
  for (const each of [error, detail, message]) {
    if (typeof each === 'string') return each;
    if (typeof each !== 'object' || each === null) continue;
    const inner = (each as Record<string, unknown>).message;
    return typeof inner === 'string' ? inner : JSON.stringify(each);
  }
  return undefined;
}

const ERROR_CHARACTERS_MAX = 300;
