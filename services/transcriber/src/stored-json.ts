import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { StoredObject } from '@onrecord/shared/events';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  type ObjectStore,
  type PutResult,
} from '@onrecord/shared/object-store/port';

export type ReadableStore = Pick<ObjectStore, 'get'>;
export type WritableStore = Pick<ObjectStore, 'get' | 'put'>;

/** An object small enough to be held in memory, with its description. */
export interface HeldObject {
  body: Buffer;
  object: StoredObject;
}

/** No object that this service reads whole is near this size; a larger one is not ours. */
const HELD_BYTES_MAX = 256 * 1024 * 1024;

/** `undefined` where there is no such object. */
export async function readHeld(
  store: ReadableStore,
  key: string,
  signal: AbortSignal,
): Promise<HeldObject | undefined> {
  try {
    const stored = await store.get(key, { signal });
    if (stored.bytes > HELD_BYTES_MAX) {
      stored.body.destroy();
      throw new Error(`${key} has ${stored.bytes} bytes, more than the ${HELD_BYTES_MAX} that are read at once`);
    }
    const body = await buffer(stored.body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { body, object: describe({ key, bytes: body.length, sha256, ...versionOf(stored) }, stored.contentType) };
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

/**
 * Writes an object unless it is there; what is there is returned instead, so that whoever comes second works with what the
 * first one wrote.
 */
export async function createOrRead(
  store: WritableStore,
  key: string,
  body: Buffer,
  contentType: string,
  signal: AbortSignal,
): Promise<HeldObject> {
  try {
    const result = await store.put(key, body, { contentType, createOnly: true, signal });
    return { body, object: describe(result, contentType) };
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    const existing = await readHeld(store, key, signal);
    if (!existing) throw new Error(`${key} was there and is gone: it is being deleted`, { cause: error });
    return existing;
  }
}

export const describe = (result: PutResult, contentType: string | undefined): StoredObject => ({
  key: result.key,
  bytes: result.bytes,
  sha256: result.sha256,
  ...versionOf(result),
  ...(contentType === undefined ? {} : { contentType }),
});

const versionOf = ({ versionId }: { versionId?: string }) => (versionId === undefined ? {} : { versionId });

/** JSON as it is stored: indented for the person who opens it, with a line break at its end. */
export const toStoredJson = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
