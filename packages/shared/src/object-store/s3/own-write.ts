import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { ObjectExistsError, type ObjectStoreError } from '../port.ts';
import type { S3Context } from './context.ts';
import { attemptsOf, nameOf, statusOf } from './errors.ts';
import type { PutTarget } from './put-target.ts';

/**
 * Decides what a failed write means. When the answer to a first attempt got lost although it had succeeded, the second one is told
 * that the key is taken, or that the upload is gone: the object itself then says whose it is.
 * @returns the version id when the object turns out to be the one that was written
 * @throws ObjectExistsError when the key is taken by another; otherwise `error`
 */
export async function settleConflict(
  s3: S3Context,
  target: PutTarget,
  error: ObjectStoreError,
): Promise<string | undefined> {
  const isTaken = target.createOnly && statusOf(error.cause) === 412;
  const isGone = nameOf(error.cause) === 'NoSuchUpload';
  if (attemptsOf(error.cause) > 1 && (isTaken || isGone)) {
    const command = new HeadObjectCommand({ Bucket: s3.bucket, Key: target.key });
    const found = await s3.client.send(command, { abortSignal: target.control.signal }).catch(() => undefined);
    if (found?.Metadata?.['onrecord-put'] === target.putId) return found.VersionId;
  }
  throw isTaken ? new ObjectExistsError(target.key.slice(s3.prefix.length)) : error;
}
