import type { HonoRequest } from 'hono';
import { emptied, storable, textsOf } from '../domain/json.ts';
import type { Parameters } from '../domain/parameters.ts';
import { mediaTypeOf, readBody } from './read-body.ts';
import { RefusedError } from './refused-error.ts';
import type { BodyKind } from './shed-load.ts';

type Fields = Record<string, string | string[]>;

/** A request's parameters in the form that the signature needs, and in the form that everything else needs. */
export interface ReceivedParameters {
  /** Signed beside the URL: those of a form body, character by character. A repeated parameter is a list. */
  signed: Fields;
  /** As they can be kept: `storable`. */
  parameters: Parameters;
  /** Of a JSON request. */
  rawBody?: string;
}

export interface RequestLimits {
  bodyBytesMax: number;
  fieldsMax: number;
  /** Of a parameter's name, and of its value. */
  fieldCharactersMax: number;
  /** Whose room the body takes. Default: that of callbacks and calls. */
  bodyKind?: BodyKind;
}

/** @throws RefusedError for a request that Twilio would not send */
export async function readRequest(
  request: HonoRequest,
  limits: RequestLimits,
  arrive?: (bytes: number) => void,
): Promise<ReceivedParameters> {
  if (request.method === 'GET') return { signed: emptied(), parameters: flatten(queryOf(request, limits)) };
  // A HEAD request comes by the routes of GET.
  if (request.method !== 'POST') {
    throw new RefusedError(405, 'use GET, POST', { headers: { allow: 'GET, POST' }, seen: { method: request.method } });
  }
  const mediaType = mediaTypeOf(request);
  const body = await readBody(request, limits.bodyBytesMax, arrive);
  if (mediaType === 'application/json') {
    const parameters = Object.assign(flatten(queryOf(request, limits)), readJson(body, limits));
    return { signed: emptied(), parameters, rawBody: body };
  }
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new RefusedError(415, 'send application/x-www-form-urlencoded or application/json');
  }
  return readForm(body, limits);
}

/** @throws RefusedError */
export function readForm(body: string, limits: RequestLimits): ReceivedParameters {
  const { fields: signed, areSingle } = grouped(body, limits);
  return { signed, parameters: areSingle && !hasNul(body) ? (signed as Parameters) : flatten(signed) };
}

/** What is decoded has no half of a surrogate pair: without NUL it is `storable`. */
const hasNul = (encoded: string) => encoded.includes('%00') || encoded.includes('\0');

function queryOf(request: HonoRequest, limits: RequestLimits): Fields {
  return grouped(/\?([^#]*)/.exec(request.url)?.[1] ?? '', limits).fields;
}

/** `areSingle` where none is repeated. */
function grouped(encoded: string, limits: RequestLimits): { fields: Fields; areSingle: boolean } {
  // Parsing costs more than a refusal, so that what stands between ampersands is counted before, also where it is empty.
  refuseMany(countFields(encoded, limits.fieldsMax), limits);
  const fields: Fields = emptied();
  let areSingle = true;
  for (const [name, value] of new URLSearchParams(encoded)) {
    refuseLong(name, value, limits);
    const earlier = fields[name];
    if (earlier === undefined) {
      fields[name] = value;
      continue;
    }
    areSingle = false;
    if (Array.isArray(earlier)) earlier.push(value);
    else fields[name] = [earlier, value];
  }
  return { fields, areSingle };
}

/** Stops counting above `enough`. */
function countFields(encoded: string, enough: number): number {
  let count = 1;
  for (let at = encoded.indexOf('&'); at >= 0 && count <= enough; at = encoded.indexOf('&', at + 1)) count += 1;
  return count;
}

function flatten(fields: Fields): Record<string, string> {
  const flat: Record<string, string> = emptied();
  for (const [name, value] of Object.entries(fields)) flat[storable(name)] = storable(String(value));
  return flat;
}

function readJson(body: string, limits: RequestLimits): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new RefusedError(400, 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusedError(400, 'the body is not a JSON object');
  }
  refuseMany(Object.keys(value).length, limits);
  const texts = textsOf(value);
  for (const [name, text] of Object.entries(texts)) refuseLong(name, text, limits);
  return texts;
}

function refuseMany(count: number, { fieldsMax }: RequestLimits): void {
  if (count > fieldsMax) throw new RefusedError(413, `there are more than ${fieldsMax} parameters`);
}

const NAME_SHOWN_CHARACTERS_MAX = 100;

function refuseLong(name: string, value: string, { fieldCharactersMax }: RequestLimits): void {
  if (Math.max(name.length, value.length) <= fieldCharactersMax) return;
  const parameter = name.slice(0, NAME_SHOWN_CHARACTERS_MAX);
  throw new RefusedError(413, `a parameter is longer than ${fieldCharactersMax} characters`, { parameter });
}
