import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type ConnectionSettings, connectionSettings, type Failure } from './connection-overrides.ts';
import { type Parameters, signedUrl, twilioSignature } from './signature.ts';

/** Twilio reads no more of a TwiML document (error 11750). */
export const BODY_BYTES_MAX = 64 * 1_024;
/** Before the n-th retry, n times this. Twilio publishes no pause; a restarting service needs one to be reached again. */
const RETRY_PAUSE_MS = 500;

export interface WebhookTarget {
  /** Absolute; its fragment may carry connection overrides. */
  url: string;
  method: 'GET' | 'POST';
}

export interface WebhookRequest extends WebhookTarget {
  parameters: Parameters;
  /** The same on each retry of one delivery. */
  idempotencyToken?: string;
}

export interface WebhookAnswer {
  attempts: number;
  /** Of the last answer; absent when there was none. */
  status?: number;
  contentType?: string;
  body?: string;
  error?: string;
}

/** Asks a URL as Twilio does: signed, within 15 s in all, retried as the URL's fragment says (by default once, on a failed connection). */
export async function sendWebhook(
  authToken: string,
  webhook: WebhookRequest,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const settings = connectionSettings(webhook.url);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(settings.totalTimeoutMs)]);
  const prepared = prepare(authToken, webhook);
  for (let attempts = 1; ; attempts += 1) {
    const { failure, answer } = await attempt(prepared, settings, deadline);
    const isLast = attempts > settings.retries || deadline.aborted;
    if (failure === undefined || isLast || !settings.retryOn.includes(failure)) return { attempts, ...answer };
    await sleep(RETRY_PAUSE_MS * attempts, undefined, { signal: deadline }).catch(() => undefined);
    if (deadline.aborted) return { attempts, ...answer };
  }
}

interface PreparedRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | undefined;
}

function prepare(authToken: string, { url, method, parameters, idempotencyToken }: WebhookRequest): PreparedRequest {
  const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  const isPost = method === 'POST';
  const bare = url.split('#')[0] ?? url;
  const target = isPost || form === '' ? bare : `${bare}${bare.includes('?') ? '&' : '?'}${form}`;
  const { username, password } = new URL(target);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return {
    url: target,
    method,
    headers: {
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      'x-twilio-signature': twilioSignature(authToken, signedUrl(target), isPost ? parameters : []),
      'i-twilio-idempotency-token': idempotencyToken ?? randomUUID(),
      ...(username === '' ? {} : { authorization: `Basic ${credentials}` }),
      ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' } : {}),
    },
    body: isPost ? form : undefined,
  };
}

interface Attempt {
  failure?: Failure;
  answer: Omit<WebhookAnswer, 'attempts'>;
}

async function attempt(prepared: PreparedRequest, settings: ConnectionSettings, signal: AbortSignal): Promise<Attempt> {
  const { url, ...rest } = prepared;
  // A connection of its own each time: a service that was restarted is never met through a stale one.
  const dispatcher = new Agent({ connect: { timeout: settings.connectTimeoutMs } });
  try {
    const { readTimeoutMs } = settings;
    const response = await request(withoutUser(url), {
      ...rest,
      dispatcher,
      signal,
      headersTimeout: readTimeoutMs,
      bodyTimeout: readTimeoutMs,
    });
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
    await dispatcher.destroy();
  }
}

function withoutUser(text: string): URL {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url;
}

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

/** Failures of a connection that stood already. Everything else is one that never did. */
const AFTER_CONNECTION = [
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_ABORTED',
  'ECONNRESET',
  'EPIPE',
];

function failureOf(error: unknown): Failure {
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return isTimeout || AFTER_CONNECTION.includes(codeOf(error) ?? '') ? 'rt' : 'ct';
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
