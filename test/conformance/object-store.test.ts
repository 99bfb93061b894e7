import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { startSeaweedFs } from '../servers/seaweedfs.ts';
import { objectStoreSuite } from './object-store-suite.ts';

const PART_BYTES = 5 * 1024 * 1024;

objectStoreSuite('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-objects-'));
  return {
    store: await openObjectStore({ kind: 'file', folder }),
    isVersioned: false,
    isExclusiveInParts: true,
    partBytes: PART_BYTES,
    unfinished: () => readdir(join(folder, '.partial')),
    close: () => rm(folder, { recursive: true }),
  };
});

let server: ReturnType<typeof startSeaweedFs> | undefined;

for (const isVersioned of [true, false]) {
  objectStoreSuite(`S3, SeaweedFS, bucket ${isVersioned ? 'with' : 'without'} versions`, async () => {
    server ??= startSeaweedFs();
    const seaweedfs = await server;
    const bucket = await createBucket(seaweedfs, { versioned: isVersioned });
    const client = s3Client(seaweedfs);
    const { endpoint, region } = seaweedfs;
    const store = await openObjectStore({
      kind: 's3',
      bucket,
      prefix: 'our/recordings',
      endpoint,
      region,
      credentials: seaweedfs,
      forcePathStyle: true,
      partBytes: PART_BYTES,
    });
    return {
      store,
      isVersioned,
      // SeaweedFS 4.48 checks and completes in two steps where a bucket has versions.
      isExclusiveInParts: !isVersioned,
      partBytes: PART_BYTES,
      unfinished: async (prefix) => {
        const uploads = await client.send(
          new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `our/recordings/${prefix}` }),
        );
        return (uploads.Uploads ?? []).map(({ Key = '' }) => Key);
      },
      close: async () => {
        await store.close();
        client.destroy();
        if (!isVersioned) await seaweedfs.stop();
      },
    };
  });
}
