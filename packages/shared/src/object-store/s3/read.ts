import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { type GetOptions, type ObjectBody, type ObjectInfo, ObjectNotFoundError } from '../port.ts';
import type { S3Context } from './context.ts';
import { nameOf, statusOf, toS3StoreError } from './errors.ts';

/** @throws ObjectNotFoundError, ObjectStoreError */
export async function getObject(s3: S3Context, key: string, options: GetOptions): Promise<ObjectBody> {
  const { range, versionId } = options;
  const command = new GetObjectCommand({
    Bucket: s3.bucket,
    Key: s3.prefix + key,
    VersionId: versionId,
    ...(range && { Range: `bytes=${range.start}-${range.end ?? ''}` }),
  });
  try {
    const found = await s3.client.send(command, { abortSignal: options.signal });
    return { ...infoOf(key, found), bytes: wholeLength(found), body: found.Body as Readable };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw isMissing(error) ? new ObjectNotFoundError(key) : toS3StoreError(error, `get of ${key}`, s3);
  }
}

/** @throws ObjectStoreError */
export async function headObject(s3: S3Context, key: string): Promise<ObjectInfo | undefined> {
  try {
    return infoOf(key, await s3.client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: s3.prefix + key })));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toS3StoreError(error, `head of ${key}`, s3);
  }
}

/** An unknown version id is a missing object, too; a bucket that is not there is not. */
const isMissing = (error: unknown) => nameOf(error) !== 'NoSuchBucket' && statusOf(error) === 404;

interface Found {
  ContentLength?: number | undefined;
  ContentRange?: string | undefined;
  ContentType?: string | undefined;
  VersionId?: string | undefined;
  LastModified?: Date | undefined;
}

const infoOf = (key: string, found: Found): ObjectInfo => ({
  key,
  bytes: found.ContentLength ?? 0,
  contentType: found.ContentType,
  lastModified: found.LastModified ?? new Date(0),
  ...(found.VersionId && found.VersionId !== 'null' && { versionId: found.VersionId }),
});

/** `ContentRange` is `bytes first-last/whole`. */
function wholeLength({ ContentRange, ContentLength = 0 }: Found): number {
  const whole = Number(ContentRange?.split('/')[1]);
  return Number.isFinite(whole) ? whole : ContentLength;
}
