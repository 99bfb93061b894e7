import { failureOf, oddAnswer, unreachable } from './api-failures.ts';
import type { Connection } from './connection.ts';

/** Until the headers are there; a body may take as long as it comes. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Everything on a number is found, and every access to it recorded, before the first byte comes. */
const EXPORT_TIMEOUT_MS = 280_000;
const RANGE_NOT_SATISFIABLE = 416;
const PARTIAL_CONTENT = 206;

/** Bytes as they come. */
export interface Download {
  body: AsyncIterable<Uint8Array>;
  /** How many come. */
  bytes: number;
  /** Whether it begins where the request's range does, and not at the beginning. */
  isPart: boolean;
  etag: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** @returns `nothing-left` where the range that was asked for begins at the end. @throws CommandError */
export function download(connection: Connection, url: string, headers: Headers): Promise<Download | 'nothing-left'> {
  return answered(connection, ANSWER_TIMEOUT_MS, async (signal) => {
    const response = await fetch(url, { headers, signal, redirect: 'manual' });
    const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    const whole = response.headers.get('content-range')?.split('/')[1];
    if (response.status === RANGE_NOT_SATISFIABLE && from !== undefined && from === whole) {
      await response.body?.cancel();
      return 'nothing-left';
    }
    if (!response.ok) throw failureOf(connection, response, await response.text());
    const bytes = Number(response.headers.get('content-length') ?? Number.NaN);
    if (response.body === null || !Number.isSafeInteger(bytes)) throw oddAnswer(connection, response);
    const isPart = response.status === PARTIAL_CONTENT;
    return { body: response.body, bytes, isPart, etag: response.headers.get('etag') ?? undefined };
  });
}

/** An archive that is written while it is sent, so that nobody knows its length before its end. @throws CommandError */
export function downloadArchive(
  connection: Connection,
  url: string,
  { headers, body }: { headers: Headers; body: object },
): Promise<AsyncIterable<Uint8Array>> {
  return answered(connection, EXPORT_TIMEOUT_MS, async (signal) => {
    const init = { method: 'POST', body: JSON.stringify(body), redirect: 'manual' as const };
    const sent = { ...headers, 'content-type': 'application/json' };
    const response = await fetch(url, { ...init, headers: sent, signal });
    if (!response.ok) throw failureOf(connection, response, await response.text());
    const isTar = response.headers.get('content-type')?.startsWith('application/x-tar') === true;
    if (response.body === null || !isTar) throw oddAnswer(connection, response);
    return response.body;
  });
}

/** Bounds the time until the headers are there. */
async function answered<T>(
  connection: Connection,
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer came', 'TimeoutError')), timeoutMs);
  try {
    return await ask(late.signal);
  } catch (error) {
    throw unreachable(connection, error, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
}
