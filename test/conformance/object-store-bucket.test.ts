import { randomUUID } from 'node:crypto';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { afterEach, describe, expect, it } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createBucket, s3Client } from '../servers/buckets.ts';

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

describeWith('s3', (seaweedfs) =>
  // The deployment once made its bucket by a job of its own, which knew one name alone and was never seen to succeed twice.
  describe('a bucket that the store creates', () => {
    const stores: ObjectStore[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });

    const open = async (bucket: string, options: { createBucket?: boolean; credentials?: Credentials } = {}) => {
      const { endpoint, region } = seaweedfs;
      const place = { kind: 's3', bucket, prefix: '', endpoint, region, forcePathStyle: true } as const;
      const store = await openObjectStore({ ...place, credentials: seaweedfs, createBucket: true, ...options });
      stores.push(store);
      return store;
    };

    const versioningOf = async (bucket: string) => {
      const client = s3Client(seaweedfs);
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
      client.destroy();
      return Status;
    };

    it('has versions, whichever of several services comes first', async () => {
      const bucket = `test-${randomUUID()}`;
      await Promise.all([open(bucket), open(bucket), open(bucket)]);
      for (const store of stores) await store.ping();
      expect(await versioningOf(bucket)).toBe('Enabled');
    });

    it('is left alone by every later start', async () => {
      const bucket = `test-${randomUUID()}`;
      const first = await open(bucket);
      await first.put('a/b', Buffer.from('kept'), { contentType: 'text/plain' });
      const second = await open(bucket);
      expect((await second.head('a/b'))?.bytes).toBe(4);
      expect(await versioningOf(bucket)).toBe('Enabled');
    });

    it('gets its versions from the next start where the first was cut off in between', async () => {
      const bucket = await createBucket(seaweedfs);
      await open(bucket);
      expect(await versioningOf(bucket)).toBe('Enabled');
    });

    it('stays as its owner made it once it has objects', async () => {
      const bucket = await createBucket(seaweedfs);
      const theirs = await open(bucket, { createBucket: false });
      await theirs.put('a', Buffer.from('theirs'), { contentType: 'text/plain' });
      await open(bucket);
      expect(await versioningOf(bucket)).toBeUndefined();
    });

    it('is named with the remedy when it may not be created', async () => {
      const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
      const opened = open(`test-${randomUUID()}`, { credentials });
      await expect(opened).rejects.toThrow(/creating it in bucket test-.*Check the credentials/);
    });
  }),
);
