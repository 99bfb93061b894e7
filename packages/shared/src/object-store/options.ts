/** How a part's bytes are checked by the server that receives them. */
export type PartChecksum = 'crc32' | 'md5';

/** An S3 bucket, or one of a compatible server. */
export interface S3StoreOptions {
  bucket: string;
  /** What every key begins with, without slashes at its ends; empty for the whole bucket. */
  prefix: string;
  /** Where the server is when it is not AWS. */
  endpoint?: string;
  region?: string;
  /** The bucket in the path instead of the host name, as most compatible servers want it. */
  forcePathStyle?: boolean;
  /** Given in tests; otherwise the SDK's default chain finds them (environment, profile, container or instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Creates the bucket when the store is opened and it is missing. */
  createBucket?: boolean;
  /** Encrypts with this KMS key, and refuses a store that does not. */
  sseKmsKeyId?: string;
  /** Size of a part and of the buffer that holds it; 5 MiB is the least that S3 takes. */
  partBytes?: number;
  /** Parts of one object that are being filled or on their way: one put holds this many buffers of `partBytes`, and no more. */
  partsInFlight?: number;
  partChecksum?: PartChecksum;
  /** Requests are repeated on network errors, 429 and 5xx: each part on its own, from its buffer. */
  attempts?: number;
  connectTimeoutMs?: number;
  /** From sending a request to its response's headers; a part must have been sent by then. */
  requestTimeoutMs?: number;
  /** Silence on a connection, such as a reader that stops reading. */
  idleTimeoutMs?: number;
  connectionsMax?: number;
  /** An upload begun so long ago and never completed was left behind by a killed process. */
  staleUploadMs?: number;
  /** Uploads that were left behind are looked for so often, by every process that has the store open. */
  sweepEveryMs?: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

export const S3_DEFAULTS = {
  /** Relaying 256 MiB with 3 × 6 MiB took the time and CPU of 3 × 8 MiB and 20 MiB less memory at its peak. */
  partBytes: 6 * MIB,
  partsInFlight: 3,
  partChecksum: 'crc32',
  attempts: 4,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 120_000,
  idleTimeoutMs: 120_000,
  connectionsMax: 64,
  /** Twice the longest `RELAY_TIMEOUT`: whoever began it was given up by then. */
  staleUploadMs: 24 * HOUR_MS,
  sweepEveryMs: HOUR_MS,
} as const satisfies Partial<S3StoreOptions>;

/** The limits of a store, with the defaults filled in. */
export type S3Limits = Required<Pick<S3StoreOptions, keyof typeof S3_DEFAULTS>>;

/** The smallest part that S3 takes, except for the last of an object. */
export const PART_BYTES_MIN = 5 * MIB;
export const PART_BYTES_MAX = 64 * MIB;

export type ObjectStoreOptions = { kind: 'file'; folder: string } | ({ kind: 's3' } & S3StoreOptions);
