import { failureOf, oddAnswer, unreachable } from './api-failures.ts';
import type { Connection } from './connection.ts';

/** Until the headers are there; a body may take as long as it comes. */
const ANSWER_TIMEOUT_MS = 30_000;
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

/** @returns `nothing-left` where the range that was asked for begins at the end. @throws CommandError */
export async function download(
  connection: Connection,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Download | 'nothing-left'> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer came', 'TimeoutError')), ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { headers, signal: late.signal, redirect: 'manual' });
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
  } catch (error) {
    throw unreachable(connection, error, ANSWER_TIMEOUT_MS);
  } finally {
    clearTimeout(timer);
  }
}
