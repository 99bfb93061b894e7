import { setTimeout as sleep } from 'node:timers/promises';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { retryAfterMs } from '@onrecord/shared/http/retry-after';

export interface RequestLimits {
  /** For one request with its answer, in milliseconds. */
  timeoutMs: number;
  /** Between the beginnings of two requests, in milliseconds. */
  intervalMs: number;
  /** Requests in all before the failure is the caller's; a list can always be asked for again. */
  attemptsMax: number;
  /** Before a second attempt, at most; doubled for each further one. In milliseconds. */
  backoffMs: number;
  /** A longer wait than this, in milliseconds, is the caller's. */
  waitMaxMs: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  timeoutMs: 15_000,
  // Twilio counts requests in flight and publishes no limit; one at a time, and ten a second at most, leaves the account to others.
  intervalMs: 100,
  attemptsMax: 6,
  backoffMs: 1_000,
  waitMaxMs: 60_000,
};

/** Request Timeout, Too Early, Too Many Requests (Twilio's 20429, "never processed"): the same request can succeed later. */
const PASSING = new Set([408, 425, 429]);

/** One GET with what Twilio asks of a client: patience after 429 and 5xx, as long as Retry-After says, and never all at once. */
export async function getJson(
  url: string,
  authorization: string,
  limits: RequestLimits,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const outcome = await attemptOnce(url, authorization, limits, signal);
    if (!(outcome instanceof StageError)) return outcome.body;
    const waitMs = waitBefore(attempt + 1, outcome.retryAfterMs, limits);
    if (outcome.kind === 'permanent' || attempt >= limits.attemptsMax || waitMs > limits.waitMaxMs) throw outcome;
    await sleep(waitMs, undefined, { signal });
  }
}

/** Full jitter: clients that were refused together do not come back together. What the server asked for is the least. */
function waitBefore(attempt: number, askedForMs: number | undefined, { backoffMs, waitMaxMs }: RequestLimits): number {
  const jitterMs = Math.random() * Math.min(backoffMs * 2 ** (attempt - 2), waitMaxMs);
  return askedForMs === undefined ? jitterMs : askedForMs + Math.random() * backoffMs;
}

async function attemptOnce(
  url: string,
  authorization: string,
  { timeoutMs }: RequestLimits,
  signal: AbortSignal,
): Promise<{ body: unknown } | StageError> {
  try {
    const response = await fetch(url, {
      headers: { authorization, accept: 'application/json' },
      // Credentials stay with the host that was configured.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.ok) return { body: await response.json() };
    await response.body?.cancel();
    return failureOf(response);
  } catch (error) {
    signal.throwIfAborted();
    const { code = (error as Error).name } = ((error as Error).cause ?? {}) as { code?: string };
    const host = new URL(url).origin;
    return new StageError('twilio-list', `no usable answer from ${host} (TWILIO_API_URL): ${code}`, {
      kind: 'transient',
    });
  }
}

function failureOf({ status, headers }: Response): StageError {
  const fail = (message: string, kind: 'transient' | 'permanent', waitMs?: number) =>
    new StageError('twilio-list', message, { kind, retryAfterMs: waitMs });
  if (status === 401 || status === 403) {
    return fail(
      `Twilio refuses the credentials (${status}): check TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET, or TWILIO_AUTH_TOKEN, that TWILIO_API_URL is their region, and that a restricted key may list calls, conferences, recordings and alerts`,
      'permanent',
    );
  }
  if (status >= 500 || PASSING.has(status)) {
    return fail(
      `Twilio answers ${status}: try again later`,
      'transient',
      retryAfterMs(headers.get('retry-after'), new Date()),
    );
  }
  return fail(`Twilio answers ${status}: check TWILIO_API_URL and TWILIO_ACCOUNT_SID`, 'permanent');
}
