import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { SeaweedFs } from './seaweedfs.ts';

type Server = Omit<SeaweedFs, 'stop'>;

/** A client for what the object store's port does not offer, such as buckets, holds and uploads in progress. */
export const s3Client = ({ endpoint, region, accessKeyId, secretAccessKey }: Server) =>
  new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });

/** A new bucket with a name of its own. Object lock needs versions, so it brings them along. */
export async function createBucket(server: Server, options: { versioned?: boolean; objectLock?: boolean } = {}) {
  const client = s3Client(server);
  const bucket = `test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: options.objectLock }));
  if (options.versioned) {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  }
  client.destroy();
  return bucket;
}
