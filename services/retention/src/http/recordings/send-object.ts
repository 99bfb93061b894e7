import { Readable } from 'node:stream';
import { ObjectNotFoundError, type ObjectStore } from '@onrecord/shared/object-store/port';
import type { Context } from 'hono';
import { isKnown } from '../etag.ts';
import { ProblemError } from '../problems.ts';
import { readByteRange } from './byte-range.ts';

/** An object as the ledger has it. */
export interface NamedObject {
  key: string;
  bytes: number;
  sha256: string;
  versionId?: string | undefined;
}

/**
 * Answers with an object, or the part of it that is asked for, as it comes from the store: nothing is held but what is on its way,
 * and the store is read no further once the client is gone. Its hash is its ETag.
 * @param beforeFirstByte records the access; where it fails nothing is sent
 * @throws ProblemError where the store has no such object; what `beforeFirstByte` throws
 */
export async function sendObject(
  c: Context,
  store: Pick<ObjectStore, 'get' | 'head'>,
  { key, bytes, sha256, versionId }: NamedObject,
  headers: Readonly<Record<string, string>>,
  beforeFirstByte: (byteRange: string | undefined) => Promise<void> = async () => {},
): Promise<Response> {
  const etag = `"${sha256}"`;
  const known = { etag, 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache', ...headers };
  if (isKnown(c, etag)) return c.body(null, 304, { etag, 'cache-control': 'private, no-cache' });
  const asked = { range: c.req.header('range'), ifRange: c.req.header('if-range') };
  // A part of it is for GET alone (RFC 9110, section 14.2).
  const range = c.req.method === 'HEAD' ? 'whole' : readByteRange(asked, bytes, etag);
  if (range === 'not-satisfiable') {
    throw new ProblemError('no-such-range', `It has ${bytes} bytes, and none of those that the Range asks for.`, {
      'content-range': `bytes */${bytes}`,
    });
  }
  // Hono answers HEAD by GET's route and drops the body unread: a stream that was opened for it would stay open.
  if (c.req.method === 'HEAD') {
    if ((await store.head(key)) === undefined) throw lostObject(key);
    return c.body(null, 200, { ...known, 'content-length': String(bytes) });
  }
  const part = range === 'whole' ? {} : { range };
  const found = await store
    .get(key, { ...part, ...(versionId !== undefined && { versionId }), signal: c.req.raw.signal })
    .catch((error: unknown) => {
      throw error instanceof ObjectNotFoundError ? lostObject(key) : error;
    });
  await beforeFirstByte(range === 'whole' ? undefined : `bytes=${range.start}-${range.end}`).catch((error: unknown) => {
    found.body.destroy();
    throw error;
  });
  const body = Readable.toWeb(found.body) as ReadableStream;
  if (range === 'whole') return c.body(body, 200, { ...known, 'content-length': String(bytes) });
  const { start, end } = range;
  return c.body(body, 206, {
    ...known,
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${bytes}`,
  });
}

export const lostObject = (key: string) =>
  new ProblemError('not-found', `The ledger names ${key}, but the object store has no such object.`);
