import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { z } from 'zod';
import { failureOf, oddAnswer, unreachable } from './api-failures.ts';
import type { Connection } from './connection.ts';
import { type Download, download, downloadArchive } from './download.ts';

/** An API answers within milliseconds; this is for one that hangs. */
const TIMEOUT_MS = 30_000;
/** Between two lines of an answer that goes on: ingest may have to wait for Twilio's patience. */
const SILENCE_MS = 600_000;
const NO_CONTENT = 204;

type Query = Readonly<Record<string, string | undefined>>;
type Schema<T> = z.ZodType<T>;
type Headers = Readonly<Record<string, string>>;
type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Every method throws a CommandError: with the API's own explanation, or with what to check where no records API answers. */
export interface ApiClient {
  /** @returns the answer as it was sent, once the schema has found in it what it asks for */
  get<T>(path: string, schema: Schema<T>, query?: Query): Promise<T>;
  /** An answer without content is `undefined` to the schema. */
  send<T>(method: Method, path: string, schema: Schema<T>, body?: object, headers?: Headers): Promise<T>;
  /** An answer of JSON lines, each as it arrives. */
  lines<T>(path: string, schema: Schema<T>, body: object): AsyncGenerator<T>;
  /** @param type the media type that the answer has */
  text(path: string, type: string, query?: Query): Promise<string>;
  /** Bytes as they come, or from a range on. */
  download(path: string, query: Query, headers: Headers): Promise<Download | 'nothing-left'>;
  /** A tar archive, as it comes; where it breaks off, reading it throws what `fetch` throws. */
  archive(path: string, body: object): Promise<AsyncIterable<Uint8Array>>;
}

/** @param common sent with every request, such as the purpose of the access */
export function createApiClient(connection: Connection, common: Headers = {}): ApiClient {
  // `start` shows the address of the list, and that is what people copy.
  const base = connection.url.replace(/(\/v1(\/recordings)?)?\/*$/, '');
  const send = async (path: string, type: string, init: RequestInit = {}): Promise<string> => {
    const headers = { authorization: `Bearer ${connection.token}`, ...common, ...init.headers };
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      // A redirect would turn a POST into a GET, and may lead to the login page of a proxy.
      const response = await fetch(`${base}${path}`, { ...init, headers, signal, redirect: 'manual' });
      const body = await response.text();
      if (!response.ok) throw failureOf(connection, response, body);
      if (response.status === NO_CONTENT) return '';
      if (mediaType(response) !== type) throw oddAnswer(connection, response);
      return body;
    } catch (error) {
      throw unreachable(connection, error, TIMEOUT_MS);
    }
  };
  const sendJson = async <T>(path: string, schema: Schema<T>, init?: RequestInit): Promise<T> => {
    const body = await send(path, 'application/json', init);
    const answer = parseJson(body);
    if (!schema.safeParse(answer).success) throw oddAnswer(connection);
    return answer as T;
  };
  return {
    get: (path, schema, query) => sendJson(path + search(query), schema),
    send: (method, path, schema, body, headers = {}) =>
      sendJson(path, schema, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      }),
    lines: (path, schema, body) => readLines(connection, base + path, schema, body),
    text: (path, type, query) => send(path + search(query), type),
    download: (path, query, headers) => {
      const authorization = `Bearer ${connection.token}`;
      return download(connection, base + path + search(query), { authorization, ...common, ...headers });
    },
    archive: (path, body) => {
      const headers = { authorization: `Bearer ${connection.token}`, ...common };
      return downloadArchive(connection, base + path, { headers, body });
    },
  };
}

async function* readLines<T>(connection: Connection, url: string, schema: Schema<T>, body: object) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException('no line came', 'TimeoutError')), SILENCE_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${connection.token}`, 'content-type': 'application/json' },
      redirect: 'manual',
      signal: silence.signal,
    });
    if (!response.ok) throw failureOf(connection, response, await response.text());
    if (mediaType(response) !== 'application/x-ndjson' || response.body === null) throw oddAnswer(connection, response);
    const input = Readable.fromWeb(response.body as ReadableStream);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      timer.refresh();
      const parsed = schema.safeParse(parseJson(line));
      if (!parsed.success) throw oddAnswer(connection);
      yield parsed.data;
    }
  } catch (error) {
    throw unreachable(connection, error, SILENCE_MS);
  } finally {
    clearTimeout(timer);
  }
}

const mediaType = (response: Response) => response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();

function search(query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
