import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import type { S3Context } from './context.ts';
import { nameOf, statusOf, toS3StoreError } from './errors.ts';

/** Answers to the one of several services that creates the bucket later than another. */
const EXISTS_ALREADY = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists', 'OperationAborted'];

/**
 * Creates the bucket where it is missing, with versions, so that no object is ever replaced without a trace. A bucket that has
 * objects is left as it is; an empty one gets versions too, since it may be what a start that was cut off has left.
 * @throws ObjectStoreError
 */
export async function createBucket(s3: S3Context): Promise<void> {
  const { bucket: Bucket, client } = s3;
  try {
    if (!(await exists(s3))) {
      await client.send(new CreateBucketCommand({ Bucket })).catch((error) => {
        if (!EXISTS_ALREADY.includes(nameOf(error))) throw error;
      });
    }
    await keepVersions(s3);
  } catch (error) {
    throw toS3StoreError(error, 'creating it', s3);
  }
}

async function keepVersions(s3: S3Context): Promise<void> {
  const { bucket: Bucket, client } = s3;
  try {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }));
    if (Status !== undefined || !(await isEmpty(s3))) return;
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  } catch (error) {
    // Its owner lets us use it and not look at how it is set: it is not ours to change.
    if (statusOf(error) !== 403) throw error;
  }
}

async function exists({ bucket, client }: S3Context): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function isEmpty({ bucket, client }: S3Context): Promise<boolean> {
  const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1 }));
  return (Versions?.length ?? 0) + (DeleteMarkers?.length ?? 0) === 0;
}
