import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type ConnectionSettings, connectionSettings, type Failure } from './connection-overrides.ts';
import { type PreparedRequest, prepareWebhook, type WebhookRequest } from './prepare-webhook.ts';
import { codeOf, failureOf } from './webhook-failure.ts';

/** Twilio reads no more of a TwiML document (error 11750). */
export const BODY_BYTES_MAX = 64 * 1_024;
/** Before the n-th retry, n times this. Twilio publishes no pause; a restarting service needs one to be reached again. */
const RETRY_PAUSE_MS = 500;

export interface WebhookAnswer {
  attempts: number;
  /** What each attempt was answered: a status, or why there was none. */
  answers: readonly (number | string)[];
  /** Of the last answer; absent when there was none. */
  status?: number;
  contentType?: string;
  body?: string;
  error?: string;
}

/**
 * Asks a URL as Twilio does: signed, within 15 s in all, retried as the URL's fragment says (by default once, on a failed connection).
 * @throws the signal's reason; no failure of the request itself
 */
export async function sendWebhook(
  authToken: string,
  webhook: WebhookRequest,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const settings = connectionSettings(webhook.url);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(settings.totalTimeoutMs)]);
  const prepared = prepareWebhook(authToken, webhook);
  const answers: (number | string)[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const { failure, answer } = await attempt(prepared, settings, deadline);
    signal.throwIfAborted();
    answers.push(answer.status ?? answer.error ?? '');
    const isLast = attempts > settings.retries || deadline.aborted;
    if (failure === undefined || isLast || !settings.retryOn.includes(failure)) return { attempts, answers, ...answer };
    await sleep(RETRY_PAUSE_MS * attempts, undefined, { signal: deadline }).catch(() => undefined);
    if (deadline.aborted) return { attempts, answers, ...answer };
  }
}

interface Attempt {
  failure?: Failure;
  answer: Omit<WebhookAnswer, 'attempts' | 'answers'>;
}

async function attempt(prepared: PreparedRequest, settings: ConnectionSettings, signal: AbortSignal): Promise<Attempt> {
  const { url, ...rest } = prepared;
  // A connection of its own each time: a service that was restarted is never met through a stale one.
  const dispatcher = new Agent({ connect: { timeout: settings.connectTimeoutMs } });
  // undici's own time-outs are exact to a second; Twilio's are given in milliseconds.
  const silence = new AbortController();
  const { readTimeoutMs } = settings;
  let timer: NodeJS.Timeout | undefined;
  dispatcher.once('connect', () => {
    timer = setTimeout(() => silence.abort(noAnswer(readTimeoutMs)), readTimeoutMs);
  });
  try {
    const response = await request(url, { ...rest, dispatcher, signal: AbortSignal.any([signal, silence.signal]) });
    const { statusCode: status } = response;
    const contentType = [response.headers['content-type']].flat()[0];
    const body = await readBounded(response.body);
    const answer = { status, body, ...(contentType === undefined ? {} : { contentType }) };
    const failure = status >= 500 ? '5xx' : status >= 400 ? '4xx' : undefined;
    return { answer, ...(failure ? { failure } : {}) };
  } catch (error) {
    const failure = failureOf(error);
    const code = codeOf(error);
    return { failure, answer: { error: code ?? (error instanceof Error ? error.message : String(error)) } };
  } finally {
    clearTimeout(timer);
    await dispatcher.destroy();
  }
}

const noAnswer = (ms: number) => new DOMException(`no whole answer within ${ms} ms of the connection`, 'TimeoutError');

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
