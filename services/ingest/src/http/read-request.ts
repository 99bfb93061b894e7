import type { HonoRequest } from 'hono';
import { emptied, textsOf } from '../domain/json.ts';
import type { Parameters } from '../domain/parameters.ts';
import { RefusedError } from './refused-error.ts';

type Fields = Record<string, string | string[]>;

/** A request's parameters in the form that the signature needs, and in the form that everything else needs. */
export interface ReceivedParameters {
  /** Signed beside the URL: those of a form body. A repeated parameter is a list. */
  signed: Fields;
  parameters: Parameters;
  /** Of a JSON request. */
  rawBody?: string;
}

/** More fields than any callback has; parsing them costs more than a refusal. */
const FIELDS_MAX = 500;

/** @throws RefusedError for a request that Twilio would not send */
export async function readRequest(request: HonoRequest, bodyBytesMax: number): Promise<ReceivedParameters> {
  if (request.method !== 'POST') return { signed: emptied(), parameters: flatten(queryOf(request)) };
  const mediaType = request.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const body = await readBody(request, bodyBytesMax);
  if (mediaType === 'application/json') {
    const parameters = Object.assign(flatten(queryOf(request)), readJson(body));
    return { signed: emptied(), parameters, rawBody: body };
  }
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new RefusedError(415, 'send application/x-www-form-urlencoded or application/json');
  }
  const signed = grouped(new URLSearchParams(body));
  return { signed, parameters: flatten(signed) };
}

/** What says how long it is, is refused before it is read; a proxy may send it in chunks of unknown sum, which is counted. */
export async function readBody(request: HonoRequest, bytesMax: number): Promise<string> {
  const length = request.header('content-length');
  if (Number(length) > bytesMax) throw tooLong(bytesMax);
  try {
    return length === undefined ? await readBounded(request.raw, bytesMax) : await request.text();
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(400, 'the body ended before it was complete');
  }
}

async function readBounded({ body }: Request, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLong = (bytesMax: number) => new RefusedError(413, `the body is longer than ${bytesMax} bytes`);

const queryOf = (request: HonoRequest) => grouped(new URL(request.url).searchParams);

function grouped(fields: URLSearchParams): Fields {
  if (fields.size > FIELDS_MAX) throw new RefusedError(413, `there are more than ${FIELDS_MAX} parameters`);
  const lists: Fields = emptied();
  for (const [name, value] of fields) {
    const earlier = lists[name];
    if (earlier === undefined) lists[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else lists[name] = [earlier, value];
  }
  return lists;
}

function flatten(fields: Fields): Record<string, string> {
  const flat: Record<string, string> = emptied();
  for (const [name, value] of Object.entries(fields)) flat[name] = String(value);
  return flat;
}

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
  return textsOf(value);
}
