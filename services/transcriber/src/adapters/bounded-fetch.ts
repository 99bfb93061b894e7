import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';

export interface BoundedFetchOptions {
  dispatcher: Dispatcher;
  /** From the end of the upload to the answer's headers. */
  headersTimeoutMs: number;
  /** Between two pieces of the answer. */
  bodyTimeoutMs: number;
  /** A longer answer is refused. */
  answerBytesMax: number;
}

export class AnswerTooLongError extends Error {
  override readonly name = 'AnswerTooLongError';
}

/**
 * A `fetch` for the SDK over `undici.request`. The built-in `fetch` keeps the whole request body in memory
 * (nodejs/undici#4058); this one keeps none of it, and hands the answer's bytes out as they came.
 */
export function createBoundedFetch(options: BoundedFetchOptions, onAnswer: (body: Buffer) => void): typeof fetch {
  return async (input, init) => {
    const answer = await request(input instanceof Request ? input.url : input, {
      dispatcher: options.dispatcher,
      method: (init?.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: (init?.body as unknown as Readable | undefined) ?? null,
      signal: init?.signal ?? null,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
    });
    const body = await readBounded(answer.body, options.answerBytesMax);
    onAnswer(body);
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const each of [value].flat()) if (each !== undefined) headers.append(name, each);
    }
    const mayHaveBody = ![204, 205, 304].includes(answer.statusCode);
    return new Response(mayHaveBody ? new Uint8Array(body) : null, { status: answer.statusCode, headers });
  };
}

/** @throws AnswerTooLongError */
export async function readBounded(body: Readable, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) {
      body.destroy();
      throw new AnswerTooLongError(`the answer is longer than ${bytesMax} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
