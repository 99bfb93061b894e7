import { AbortMultipartUploadCommand, CreateMultipartUploadCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { ObjectStoreError } from '../port.ts';
import type { S3Context } from './context.ts';
import { statusOf, toS3StoreError } from './errors.ts';

/** Where the probe starts an upload that it drops at once. */
export const PROBE_KEY = '.onrecord-probe';

/**
 * Whether the bucket answers; the first time also whether it may be written, by starting an upload and dropping it: that leaves
 * neither an object nor a version behind.
 */
export function createPing(s3: S3Context): () => Promise<void> {
  let hasBeenWritable = false;
  return async () => {
    try {
      await s3.client.send(new HeadBucketCommand({ Bucket: s3.bucket }));
      if (!hasBeenWritable) await probeWriting(s3);
      hasBeenWritable = true;
    } catch (error) {
      if (statusOf(error) === 404) throw noBucket(s3, error);
      throw toS3StoreError(error, 'reaching the store', s3);
    }
  };
}

async function probeWriting({ client, bucket, prefix }: S3Context): Promise<void> {
  const place = { Bucket: bucket, Key: prefix + PROBE_KEY };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  await client.send(new AbortMultipartUploadCommand({ ...place, UploadId }));
}

/** A HEAD request has no body that could name the error. */
const noBucket = (s3: S3Context, cause: unknown) =>
  new ObjectStoreError(
    `there is no bucket ${s3.bucket} at ${s3.endpoint ?? 'AWS'}. Create it, or correct RECORDINGS_BUCKET`,
    { retryable: false, cause },
  );
