import { PutObjectCommand } from '@aws-sdk/client-s3';
import { checkStored, checksumOf } from './checksum.ts';
import type { S3Context } from './context.ts';
import { encryptionOf } from './encryption.ts';
import { toS3StoreError } from './errors.ts';
import { settleConflict } from './own-write.ts';
import type { PutTarget } from './put-target.ts';

/** Stores bytes that are all there, by one request. @returns the version id, where there is one */
export async function putWhole(s3: S3Context, target: PutTarget, body: Uint8Array): Promise<string | undefined> {
  const action = `put of ${target.key}`;
  const checksum = checksumOf(body, s3.limits.partChecksum);
  const command = new PutObjectCommand({
    Bucket: s3.bucket,
    Key: target.key,
    Body: body,
    ContentLength: body.byteLength,
    ContentType: target.contentType,
    Metadata: { 'onrecord-put': target.putId },
    ...(target.createOnly && { IfNoneMatch: '*' }),
    ...encryptionOf(s3),
    ...checksum,
  });
  try {
    const stored = await s3.client.send(command, { abortSignal: target.control.signal });
    checkStored(body, checksum, stored, action);
    return stored.VersionId;
  } catch (error) {
    return settleConflict(s3, target, toS3StoreError(error, action, s3));
  }
}
