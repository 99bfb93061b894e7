import type { Readable } from 'node:stream';

/** Where bytes are kept. Keys are `/`-separated, without a leading slash, relative to the store's prefix. */
export interface ObjectStore {
  /** How this store is named in events and manifests: `file:///…` or `s3://bucket/prefix`. */
  readonly uri: string;
  /**
   * Stores a stream of unknown length with bounded memory. The object becomes visible as a whole or not at all. A chunk is not
   * looked at any more once the next one is asked for, so its memory may be used again.
   * @throws ObjectExistsError when `createOnly` is set and the key is taken; ObjectStoreError when the store fails; what the source
   * throws and the signal's reason as they are
   */
  put(key: string, body: AsyncIterable<Uint8Array> | Uint8Array, options: PutOptions): Promise<PutResult>;
  /** @throws ObjectNotFoundError */
  get(key: string, options?: GetOptions): Promise<ObjectBody>;
  /** `undefined` where there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Every version and delete marker of every key that starts with `prefix`, in key order. */
  listVersions(prefix: string): AsyncIterable<ObjectVersion>;
  /**
   * Deletes every version and delete marker of the key `prefix` and of everything in the folder of that name (`a/b` covers `a/b/c`,
   * not `a/b-c`), with what was written there and never completed, and reports what a fresh listing then shows. Whoever is still
   * writing there fails.
   * @param before is shown everything, a batch at a time, before any of the batch is deleted; while it fails nothing is
   * @param only tells by the key what it is about: the rest is neither deleted nor reported
   * @throws ObjectStoreError when nothing could be tried, or for an empty prefix; also when `before` throws
   */
  deleteAllVersions(prefix: string, before?: BeforeDeletion, only?: KeyFilter): Promise<DeletionReport>;
  /** Whether the store itself keeps what is under a legal hold. @throws ObjectStoreError when it cannot be asked */
  objectLock(): Promise<ObjectLockSupport>;
  /**
   * Sets or lifts the legal hold of every version of everything in the folder `prefix`, and reads each back. Only for a store whose
   * `objectLock` is enforced.
   * @throws ObjectStoreError when nothing could be tried, or for an empty prefix
   */
  setLegalHold(prefix: string, isOn: boolean): Promise<LegalHoldReport>;
  /** A URL that reads the object, in the version that is named, without credentials for at most `expiresInSeconds`. Not every store has one. */
  presignGet(key: string, expiresInSeconds: number, versionId?: string): Promise<string | undefined>;
  /** Answers when the store can be reached and written. @throws ObjectStoreError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface PutOptions {
  contentType: string;
  /** Refuse to replace an existing object. */
  createOnly?: boolean;
  signal?: AbortSignal;
}

export interface PutResult {
  key: string;
  bytes: number;
  /** Lower-case hex over the bytes as they were written. */
  sha256: string;
  versionId?: string;
}

export interface GetOptions {
  /** Inclusive byte positions; without `end`, to the end. */
  range?: { start: number; end?: number };
  versionId?: string;
  signal?: AbortSignal;
}

export interface ObjectInfo {
  key: string;
  /** Length of the whole object, also when a range of it is read. */
  bytes: number;
  contentType?: string;
  versionId?: string;
  lastModified: Date;
}

export interface ObjectBody extends ObjectInfo {
  body: Readable;
}

export interface ObjectVersion {
  key: string;
  versionId?: string;
  isDeleteMarker: boolean;
  bytes: number;
}

/** May give a signal: once it is aborted, no deletion of the batch is begun any more, and what was not confirmed by then remains. */
export type BeforeDeletion = (found: readonly ObjectVersion[]) => Promise<AbortSignal | undefined>;

export type KeyFilter = (key: string) => boolean;

export interface DeletionReport {
  /** Also what was half written, under the key that it was to become. */
  deleted: ObjectVersion[];
  /** What is still there, with the reason where the store gave one. Empty means confirmed gone. */
  remaining: (ObjectVersion & { reason?: string })[];
}

export interface ObjectLockSupport {
  isEnforced: boolean;
  /** Why not. */
  reason?: string;
}

export interface LegalHoldReport {
  /** Read back as they were to be. */
  confirmed: ObjectVersion[];
  failed: (ObjectVersion & { reason: string })[];
}

export class ObjectStoreError extends Error {
  override readonly name: string = 'ObjectStoreError';
  /** Whether the same call can succeed later without anybody changing something. */
  readonly retryable: boolean;
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}

export class ObjectExistsError extends ObjectStoreError {
  override readonly name = 'ObjectExistsError';
  constructor(key: string) {
    super(`object already exists: ${key}`, { retryable: false });
  }
}

export class ObjectNotFoundError extends ObjectStoreError {
  override readonly name = 'ObjectNotFoundError';
  constructor(key: string) {
    super(`no such object: ${key}`, { retryable: false });
  }
}
