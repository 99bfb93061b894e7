import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ObjectStoreError } from '../port.ts';
import type { S3Context } from './context.ts';
import { toS3StoreError } from './errors.ts';

export const encryptionOf = ({ sseKmsKeyId }: S3Context) =>
  sseKmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: sseKmsKeyId };

/**
 * Reads back what was applied, since some servers accept the request for encryption and store in the clear. Such an object is
 * deleted again.
 * @throws ObjectStoreError when the object is not encrypted by the configured key
 */
export async function requireEncryption(s3: S3Context, key: string, versionId: string | undefined): Promise<void> {
  if (s3.sseKmsKeyId === undefined) return;
  const place = { Bucket: s3.bucket, Key: key, VersionId: versionId };
  try {
    const found = await s3.client.send(new HeadObjectCommand(place));
    if (found.ServerSideEncryption === 'aws:kms' && isSameKey(s3.sseKmsKeyId, found.SSEKMSKeyId)) return;
    await s3.client.send(new DeleteObjectCommand(place));
  } catch (error) {
    throw toS3StoreError(error, `checking the encryption of ${key}`, s3);
  }
  const remedy = 'Correct S3_SSE_KMS_KEY_ID, or unset it to store without this encryption';
  throw new ObjectStoreError(
    `bucket ${s3.bucket} did not encrypt ${key} with KMS key ${s3.sseKmsKeyId}, so it was deleted again. ${remedy}`,
    { retryable: false },
  );
}

/** AWS answers with the ARN when given an id. An alias is resolved to a key that cannot be told from here. */
function isSameKey(configured: string, applied: string | undefined): boolean {
  if (applied === undefined || configured.includes('alias/')) return true;
  return applied === configured || applied.endsWith(`/${configured}`) || configured.endsWith(`/${applied}`);
}
