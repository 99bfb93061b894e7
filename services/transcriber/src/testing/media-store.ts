import { createHash } from 'node:crypto';
import { ObjectExistsError, type PutOptions, type PutResult } from '@onrecord/shared/object-store/port';

/** The smallest store that a relay needs. Use the file store where more than `put` matters. */
export class MediaStoreInMemory {
  readonly #objects = new Map<string, Buffer>();
  /** Makes the next put fail with this message after it has read everything. */
  failNext: string | undefined;

  async put(key: string, body: AsyncIterable<Uint8Array> | Uint8Array, options: PutOptions): Promise<PutResult> {
    if (options.createOnly && this.#objects.has(key)) throw new ObjectExistsError(key);
    const pieces: Buffer[] = [];
    for await (const piece of body instanceof Uint8Array ? [body] : body) pieces.push(Buffer.from(piece));
    if (this.failNext) throw new Error(this.failNext);
    const whole = Buffer.concat(pieces);
    this.#objects.set(key, whole);
    return { key, bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') };
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  bytes(key: string): Buffer {
    return this.#objects.get(key) ?? Buffer.alloc(0);
  }
}
