import { setTimeout as sleep } from 'node:timers/promises';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import type response from 'twilio/lib/http/response.js';
import { StageError } from '../event-log/failure-policy.ts';
import { retryAfterMs } from '../http/retry-after.ts';

type Response<Data> = response.default<Data>;

export interface RebasedClientOptions {
  /** `https://api.twilio.com`, a region's, or a simulator; a path is kept. */
  apiUrl: string;
  /** For one request, in milliseconds. */
  timeoutMs: number;
  /** Requests in all before a failure is the caller's; 1 for what is not safe to repeat. */
  attemptsMax: number;
  /** A longer Retry-After, in milliseconds, is the caller's to wait for. */
  waitMaxMs: number;
  /** Ends the waiting between attempts. */
  signal?: AbortSignal | undefined;
}

/** Before the second, third, … attempt where the server named no time. */
const RETRY_DELAYS_MS: readonly number[] = [250, 1_000];

/**
 * The SDK's own HTTP client, aimed at another base and repeating what failed for the moment: the SDK repeats 429 alone and does
 * not obey Retry-After. Twilio never processes a request that it answers with 429, so repeating it is safe (error 20429).
 */
export class RebasedClient extends RequestClient {
  readonly #options: RebasedClientOptions;

  constructor(options: RebasedClientOptions) {
    super({ timeout: options.timeoutMs });
    this.#options = options;
  }

  /** @throws StageError (`twilio`, transient) when Twilio cannot be reached or asks for patience */
  override async request<Data>(request: RequestClient.RequestOptions<Data>): Promise<Response<Data>> {
    const { apiUrl, attemptsMax, waitMaxMs, signal } = this.#options;
    const rebased = { ...request, uri: rebase(request.uri, apiUrl) };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await super.request<Data>(rebased).catch((error: unknown) => unreachable(apiUrl, error));
      const failure = answer instanceof StageError ? answer : failureOf(answer);
      if (failure === undefined) return answer as Response<Data>;
      const waitMs = failure.retryAfterMs ?? RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length) - 1] ?? 0;
      if (attempt >= attemptsMax || waitMs > waitMaxMs) throw failure;
      await sleep(waitMs, undefined, { signal }).catch(() => Promise.reject(failure));
    }
  }
}

/** The SDK builds `https://api.twilio.com/…` from its own constants; only the path and the query of it are taken. */
function rebase(uri: string, apiUrl: string): string {
  const { pathname, search } = new URL(uri);
  return `${apiUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

function failureOf(response: Response<unknown>): StageError | undefined {
  const { statusCode } = response;
  if (statusCode !== 429 && statusCode < 500) return undefined;
  const retryAfter = (response.headers as Record<string, unknown> | undefined)?.['retry-after'];
  return new StageError('twilio', `Twilio answers ${statusCode}: try again later`, {
    kind: 'transient',
    retryAfterMs: typeof retryAfter === 'string' ? retryAfterMs(retryAfter, new Date()) : undefined,
  });
}

function unreachable(apiUrl: string, cause: unknown): StageError {
  // The error of the HTTP library carries the request, and with it the credentials: only its code and message go on.
  const { code, message } = cause as { code?: string; message?: string };
  const reason = code ?? message ?? 'no answer';
  return new StageError('twilio', `nothing answers at ${apiUrl} (TWILIO_API_URL): ${reason}`, { kind: 'transient' });
}
