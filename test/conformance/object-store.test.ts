import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { describeWith } from '../servers/available.ts';
import { createBucket, s3Client } from '../servers/buckets.ts';
import type { SeaweedFs } from '../servers/seaweedfs.ts';
import { objectStoreSuite, type StoreUnderTest } from './object-store-suite.ts';

const PART_BYTES = 5 * 1024 * 1024;

objectStoreSuite('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-objects-'));
  return {
    store: await openObjectStore({ kind: 'file', folder }),
    isVersioned: false,
    isExclusiveInParts: true,
    partBytes: PART_BYTES,
    unfinished: async (prefix) => {
      const found = await readdir(join(folder, '.partial', prefix), { recursive: true }).catch(() => []);
      return found.map((name) => `${prefix}/${name}`);
    },
    close: () => rm(folder, { recursive: true }),
  };
});

describeWith('s3', (seaweedfs) => {
  for (const isVersioned of [true, false]) {
    const name = `S3, bucket ${isVersioned ? 'with' : 'without'} versions`;
    objectStoreSuite(name, () => openBucket(seaweedfs, isVersioned));
  }
});

async function openBucket(server: Omit<SeaweedFs, 'stop'>, isVersioned: boolean): Promise<StoreUnderTest> {
  const bucket = await createBucket(server, { versioned: isVersioned });
  const client = s3Client(server);
  const { endpoint, region } = server;
  const place = { kind: 's3', bucket, prefix: 'our/recordings', endpoint, region } as const;
  const store = await openObjectStore({ ...place, credentials: server, forcePathStyle: true, partBytes: PART_BYTES });
  return {
    store,
    isVersioned,
    // SeaweedFS 4.48 checks for the object and completes the upload in two steps: of writers at the same instant several can win.
    isExclusiveInParts: false,
    partBytes: PART_BYTES,
    unfinished: async (prefix) => {
      const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `our/recordings/${prefix}` });
      return ((await client.send(command)).Uploads ?? []).map(({ Key = '' }) => Key);
    },
    close: async () => {
      await store.close();
      client.destroy();
    },
  };
}
