import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { duration, flag, SettingsError, url, wholeNumber } from '../config/settings.ts';
import { type ObjectStoreOptions, PART_BYTES_MAX, PART_BYTES_MIN, S3_DEFAULTS } from './options.ts';

/** Where recordings are kept. Credentials for S3 are not settings of ours: the SDK finds them in its own way. */
export const objectStoreSettings = {
  RECORDINGS_BUCKET: z
    .string()
    .refine((text) => parseBucket(text) !== undefined, {
      error: 'give a folder as file:./data/recordings or file:///srv/recordings, or a bucket as s3://bucket/prefix',
    })
    .describe('where recordings are kept: file:<folder> or s3://<bucket>/<prefix>'),
  S3_ENDPOINT: url('http:', 'https:').optional().describe('the S3-compatible server, when it is not AWS'),
  S3_REGION: z
    .string()
    .optional()
    .describe('region of the bucket; without it, the one of the AWS profile or environment'),
  S3_FORCE_PATH_STYLE: flag()
    .prefault('false')
    .describe('true puts the bucket into the path, as most S3-compatible servers want it'),
  S3_CREATE_BUCKET: flag()
    .prefault('false')
    .describe('true creates the bucket at start where it is missing, with versions'),
  S3_SSE_KMS_KEY_ID: z
    .string()
    .optional()
    .describe('KMS key that encrypts recordings; a store that does not apply it is refused'),
  S3_PART_BYTES: wholeNumber(PART_BYTES_MIN, PART_BYTES_MAX)
    .prefault(String(S3_DEFAULTS.partBytes))
    .describe('bytes of one part of an upload, and of each buffer'),
  S3_PARTS_IN_FLIGHT: wholeNumber(1, 16)
    .prefault(String(S3_DEFAULTS.partsInFlight))
    .describe('parts of one upload being filled or on their way: how many buffers it holds'),
  S3_PART_CHECKSUM: z
    .enum(['crc32', 'md5'], { error: 'give crc32 or md5' })
    .prefault(S3_DEFAULTS.partChecksum)
    .describe('what the server checks parts by; md5 for servers that do not know crc32'),
  S3_REQUEST_TIMEOUT: duration({ min: '1s', max: '1h' })
    .prefault(`${S3_DEFAULTS.requestTimeoutMs}ms`)
    .describe('how long one request may take until it is answered, sending a part included'),
};

type Settings = z.output<z.ZodObject<typeof objectStoreSettings>>;

/** @throws SettingsError when the bucket's URL cannot be used */
export function toObjectStoreOptions(settings: Settings): ObjectStoreOptions {
  const place = parseBucket(settings.RECORDINGS_BUCKET);
  if (place === undefined) throw new SettingsError(`RECORDINGS_BUCKET cannot be used: ${settings.RECORDINGS_BUCKET}`);
  if (place.kind === 'file') return place;
  return {
    ...place,
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    forcePathStyle: settings.S3_FORCE_PATH_STYLE,
    createBucket: settings.S3_CREATE_BUCKET,
    sseKmsKeyId: settings.S3_SSE_KMS_KEY_ID,
    partBytes: settings.S3_PART_BYTES,
    partsInFlight: settings.S3_PARTS_IN_FLIGHT,
    partChecksum: settings.S3_PART_CHECKSUM,
    requestTimeoutMs: settings.S3_REQUEST_TIMEOUT,
  };
}

type Place = { kind: 'file'; folder: string } | { kind: 's3'; bucket: string; prefix: string };

/** `file:./relative`, `file:///absolute` or `s3://bucket/prefix`; undefined for anything else. */
function parseBucket(text: string): Place | undefined {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text);
  if (s3?.[1]) return parseS3(s3[1], s3[2] ?? '');
  const file = /^file:(?!\/\/)(.+)$/.exec(text);
  if (file?.[1]) return { kind: 'file', folder: file[1] };
  if (!/^file:\/\/\/./.test(text) || /%2f|%00/i.test(text) || !URL.canParse(text)) return undefined;
  return { kind: 'file', folder: fileURLToPath(text) };
}

function parseS3(bucket: string, path: string): Place | undefined {
  const prefix = path.replace(/\/$/, '');
  const segments = prefix.split('/');
  const usable = prefix === '' || segments.every((segment) => !['', '.', '..'].includes(segment));
  return usable ? { kind: 's3', bucket, prefix } : undefined;
}
