import type { HonoRequest } from 'hono';
import type { Parameters } from '../domain/parameters.ts';
import { RefusedError } from './refused-error.ts';

/** A request's parameters in the form that the signature needs, and in the form that everything else needs. */
export interface ReceivedParameters {
  /** Signed beside the URL: those of a form body. A repeated parameter is a list. */
  signed: Record<string, string | string[]>;
  parameters: Parameters;
  /** Of a JSON request. */
  rawBody?: string;
}

/** More fields than any callback has; parsing them costs more than a refusal. */
const FIELDS_MAX = 500;

/** @throws RefusedError for a request that Twilio would not send */
export async function readRequest(request: HonoRequest, bodyBytesMax: number): Promise<ReceivedParameters> {
  const url = new URL(request.url);
  if (request.method === 'GET') return { signed: {}, parameters: flatten(grouped(url.searchParams)) };
  const body = await readBody(request, bodyBytesMax);
  const mediaType = request.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') {
    const fromQuery = flatten(grouped(url.searchParams));
    return { signed: {}, parameters: { ...fromQuery, ...readJson(body) }, rawBody: body };
  }
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new RefusedError(415, 'send application/x-www-form-urlencoded or application/json');
  }
  const signed = grouped(new URLSearchParams(body));
  return { signed, parameters: flatten(signed) };
}

/** Twilio always says how long a body is; whoever does not is not made room for. */
async function readBody(request: HonoRequest, bytesMax: number): Promise<string> {
  const length = request.header('content-length');
  if (length === undefined) throw new RefusedError(411, 'a Content-Length is needed');
  if (Number(length) > bytesMax) throw new RefusedError(413, `the body is longer than ${bytesMax} bytes`);
  try {
    return await request.text();
  } catch {
    throw new RefusedError(400, 'the body ended before its Content-Length');
  }
}

function grouped(fields: URLSearchParams): Record<string, string | string[]> {
  const lists = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of fields) {
    count += 1;
    if (count > FIELDS_MAX) throw new RefusedError(413, `there are more than ${FIELDS_MAX} parameters`);
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  const entries = [...lists].map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const);
  return nullPrototype(entries) as Record<string, string | string[]>;
}

const flatten = (fields: Record<string, string | string[]>): Parameters =>
  nullPrototype(Object.entries(fields).map(([name, value]) => [name, String(value)])) as Parameters;

/** A parameter named `__proto__` is a parameter like any other. */
const nullPrototype = (entries: (readonly [string, unknown])[]) =>
  Object.assign(Object.create(null), ...entries.map(([name, value]) => Object.fromEntries([[name, value]])));

function readJson(body: string): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new RefusedError(400, 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusedError(400, 'the body is not a JSON object');
  }
  const texts = Object.entries(value).map(
    ([name, field]) => [name, typeof field === 'string' ? field : JSON.stringify(field)] as const,
  );
  return nullPrototype(texts) as Parameters;
}
