import { randomBytes, randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { S3StoreOptions } from '@onrecord/shared/object-store/options';
import {
  type DeletionReport,
  ObjectExistsError,
  type ObjectStore,
  type ObjectVersion,
} from '@onrecord/shared/object-store/port';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';

const PART_BYTES = 5 * 1024 * 1024;
const WAIT = { timeout: 10_000, interval: 50 };
const wav = { contentType: 'audio/wav' };

describeWith('s3', (seaweedfs) =>
  describe('object store, when the network or the server misbehaves', () => {
    let proxy: FaultProxy;
    let client: S3Client;
    let bucket: string;
    const stores: ObjectStore[] = [];

    beforeAll(async () => {
      proxy = await startFaultProxy(seaweedfs.endpoint);
      client = s3Client(seaweedfs);
      bucket = await createBucket(seaweedfs, { versioned: true });
    });
    afterEach(async () => {
      proxy.onRequest = () => undefined;
      for (const store of stores.splice(0)) await store.close();
    });
    afterAll(async () => {
      client?.destroy();
      await proxy?.stop();
    });

    async function open(options: Partial<S3StoreOptions> = {}): Promise<ObjectStore> {
      const { region } = seaweedfs;
      const store = await openObjectStore({
        kind: 's3',
        bucket,
        prefix: '',
        endpoint: proxy.url,
        region,
        credentials: seaweedfs,
        forcePathStyle: true,
        partBytes: PART_BYTES,
        ...options,
      });
      stores.push(store);
      return store;
    }
    const folder = () => `s3/${randomUUID()}`;
    const uploads = async (prefix: string) => {
      const found = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
      return (found.Uploads ?? []).map(({ Key }) => Key);
    };
    const versions = async (store: ObjectStore, prefix: string) => {
      const found: ObjectVersion[] = [];
      for await (const version of store.listVersions(prefix)) found.push(version);
      return found;
    };
    const isPart = (url?: string, number?: number) =>
      url?.includes(number ? `partNumber=${number}&` : 'partNumber=') ?? false;

    it('reads no further ahead than its buffers while the server is slow', async () => {
      const store = await open({ partsInFlight: 2 });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      proxy.onRequest = ({ url }) => (isPart(url) ? { kind: 'hold', until: released } : undefined);
      let pulled = 0;
      let stalled = Promise.withResolvers<void>();
      const source = async function* () {
        for (let sent = 0; sent < PART_BYTES * 6; sent += 65_536) {
          pulled += 65_536;
          yield Buffer.alloc(65_536, 1);
          if (pulled >= PART_BYTES * 2) stalled.resolve();
        }
      };
      const put = store.put(`${folder()}/media.wav`, source(), wav);
      await stalled.promise;
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      expect(pulled).toBeLessThanOrEqual(PART_BYTES * 2 + 65_536);
      stalled = Promise.withResolvers();
      release();
      expect(await put).toMatchObject({ bytes: PART_BYTES * 6 });
    });

    it('sends a part again that failed, from its buffer', async () => {
      const store = await open();
      const failures = ['answer', 'reset', 'lose-answer'];
      proxy.onRequest = ({ url }) => {
        if (!isPart(url, 2) || failures.length === 0) return undefined;
        const kind = failures.shift();
        if (kind === 'answer') return { kind, status: 503, code: 'SlowDown' };
        return { kind: kind === 'reset' ? 'reset' : 'lose-answer' };
      };
      const bytes = randomBytes(PART_BYTES * 3);
      const key = `${folder()}/media.wav`;
      await store.put(
        key,
        (async function* () {
          yield bytes;
        })(),
        wav,
      );
      expect(failures).toEqual([]);
      expect(Buffer.concat(await (await store.get(key)).body.toArray()).equals(bytes)).toBe(true);
    });

    it('gives up on a part that fails for good, and leaves nothing behind', async () => {
      const store = await open({ attempts: 2 });
      proxy.onRequest = ({ url }) =>
        isPart(url, 2) ? { kind: 'answer', status: 500, code: 'InternalError' } : undefined;
      const prefix = folder();
      const source = async function* () {
        for (;;) yield Buffer.alloc(100_000);
      };
      const put = store.put(`${prefix}/media.wav`, source(), wav);
      await expect(put).rejects.toMatchObject({
        name: 'ObjectStoreError',
        retryable: true,
        message: expect.stringMatching(/part 2 of .*InternalError/),
      });
      expect(await uploads(prefix)).toEqual([]);
      expect(await store.head(`${prefix}/media.wav`)).toBeUndefined();
    });

    it.each(['a small object', 'an object of several parts'])(
      'recognises %s as its own when the answer to creating it got lost',
      async (size) => {
        const store = await open();
        let lost = 0;
        proxy.onRequest = ({ url, method }) => {
          const completes = method === 'POST' && url?.includes('uploadId=');
          const stores = method === 'PUT' && !isPart(url);
          return (completes || stores) && lost++ === 0 ? { kind: 'lose-answer' } : undefined;
        };
        const bytes = randomBytes(size === 'a small object' ? 1_000 : PART_BYTES + 1);
        const prefix = folder();
        const stored = await store.put(`${prefix}/media.wav`, bytes, { ...wav, createOnly: true });
        expect(lost).toBe(2);
        expect(await versions(store, prefix)).toEqual([expect.objectContaining({ versionId: stored.versionId })]);
        const again = store.put(`${prefix}/media.wav`, bytes, { ...wav, createOnly: true });
        await expect(again).rejects.toThrow(ObjectExistsError);
      },
    );

    it('calls a conditional conflict retryable', async () => {
      const store = await open();
      proxy.onRequest = () => ({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' });
      const put = store.put(`${folder()}/a`, Buffer.from('a'), { ...wav, createOnly: true });
      await expect(put).rejects.toMatchObject({ name: 'ObjectStoreError', retryable: true });
    });

    it('times out on a server that does not answer', async () => {
      const store = await open({ requestTimeoutMs: 200, attempts: 1 });
      proxy.onRequest = () => ({ kind: 'hold', until: new Promise(() => {}) });
      await expect(store.head('a')).rejects.toMatchObject({
        retryable: true,
        message: expect.stringMatching(/cannot be reached \(ETIMEDOUT/),
      });
    });

    it.each([
      [
        'a server that is not there',
        { endpoint: 'http://127.0.0.1:9', attempts: 1 },
        true,
        /cannot be reached \(ECONNREFUSED.*S3_ENDPOINT/,
      ],
      ['a bucket that is not there', { bucket: 'no-such-bucket' }, false, /no (such )?bucket.*RECORDINGS_BUCKET/],
      [
        'wrong credentials',
        { credentials: { accessKeyId: 'who', secretAccessKey: 'x' } },
        false,
        /InvalidAccessKeyId.*credentials/,
      ],
      [
        'a wrong secret',
        { credentials: { accessKeyId: 'onrecord', secretAccessKey: 'x' } },
        false,
        /SignatureDoesNotMatch.*credentials/,
      ],
    ])('says what to correct about %s', async (_, options, retryable, message) => {
      const store = await open(options);
      const put = store.put('a', Buffer.from('a'), wav);
      await expect(put).rejects.toMatchObject({
        name: 'ObjectStoreError',
        retryable,
        message: expect.stringMatching(message),
      });
      await expect(store.ping()).rejects.toMatchObject({ name: 'ObjectStoreError', retryable });
    });

    it('lists and deletes plainly on a server that knows no versions', async () => {
      const store = await open();
      const prefix = folder();
      for (const name of ['a', 'b']) await store.put(`${prefix}/${name}`, Buffer.from(name), wav);
      proxy.onRequest = ({ url }) =>
        url?.includes('versions') ? { kind: 'answer', status: 501, code: 'NotImplemented' } : undefined;
      expect(await versions(store, prefix)).toEqual(
        ['a', 'b'].map((name) => ({ key: `${prefix}/${name}`, isDeleteMarker: false, bytes: 1 })),
      );
      expect(await store.deleteAllVersions(prefix)).toMatchObject({ deleted: [{}, {}], remaining: [] });
    });

    it('deletes markers and versions under them, page by page', async () => {
      const store = await open();
      const prefix = folder();
      const keys = Array.from({ length: 1_050 }, (_, index) => `${prefix}/${String(index).padStart(4, '0')}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(keys.slice(start, start + 50).map((key) => store.put(key, Buffer.from('x'), wav)));
      }
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keys[7] }));
      const listed = await versions(store, prefix);
      expect(listed).toHaveLength(1_051);
      expect(listed.filter(({ isDeleteMarker }) => isDeleteMarker).map(({ key }) => key)).toEqual([keys[7]]);
      const report = await store.deleteAllVersions(prefix);
      expect(report.remaining).toEqual([]);
      expect(report.deleted).toHaveLength(1_051);
      expect(await versions(store, prefix)).toEqual([]);
    });

    // What came a moment later than the first, or was a third of its day, was listed by itself: five requests for each recording.
    it('shares the requests of folders of one day that are asked for one after the other', async () => {
      const store = await open();
      const day = `${folder()}/2026/03/01`;
      const names = Array.from({ length: 24 }, (_, index) => `${day}/CA${index}/RE${index}/`);
      for (const name of names) await store.put(`${name}media.wav`, Buffer.from('x'), wav);
      let requests = 0;
      proxy.onRequest = () => {
        requests += 1;
        return undefined;
      };
      const asked: Promise<DeletionReport>[] = [];
      for (const name of names.slice(0, 8)) {
        asked.push(store.deleteAllVersions(name));
        await new Promise(setImmediate);
      }
      const reports = await Promise.all(asked);
      // Whether there are versions, what is there, its deletion, uploads, what is left.
      expect(requests).toBe(5);
      expect(reports.map(({ deleted, remaining }) => [deleted.length, remaining.length])).toEqual(
        names.slice(0, 8).map(() => [1, 0]),
      );
      expect(await versions(store, day)).toHaveLength(16);
    });

    describe('folders of one day, in a bucket without versions,', () => {
      async function given() {
        const plain = await createBucket(seaweedfs);
        const store = await open({ bucket: plain, attempts: 1 });
        const names = Array.from({ length: 4 }, (_, index) => `2026/03/01/CA${index}/RE${index}/`);
        for (const name of names) await store.put(`${name}media.wav`, Buffer.from('x'), wav);
        const deleteAll = () => Promise.all(names.map((name) => store.deleteAllVersions(name)));
        return { plain, store, deleteAll };
      }

      it('are found by their objects and confirmed by their versions', async () => {
        const { store, deleteAll } = await given();
        const listed: string[] = [];
        proxy.onRequest = ({ url = '' }) => {
          const { searchParams } = new URL(url, proxy.url);
          listed.push(...['list-type', 'versions', 'uploads'].filter((name) => searchParams.has(name)));
          return undefined;
        };
        const reports = await deleteAll();
        expect(listed).toEqual(['list-type', 'uploads', 'versions']);
        expect(reports.map(({ deleted, remaining }) => [deleted.length, remaining])).toEqual(
          Array.from({ length: 4 }, () => [1, []]),
        );
        expect(await versions(store, '')).toEqual([]);
      });

      // What is found has the version `null` and what remains has none, on a server that lists no versions: it counted as deleted, too.
      it.each([200, 501])(
        'are reported as remaining alone where they may not be deleted and versions answer %s',
        async (status) => {
          const { deleteAll } = await given();
          proxy.onRequest = ({ url = '' }) => {
            const { searchParams } = new URL(url, proxy.url);
            if (searchParams.has('delete')) return { kind: 'answer', status: 403, code: 'AccessDenied' };
            const isRefused = searchParams.has('versions') && status !== 200;
            return isRefused ? { kind: 'answer', status, code: 'NotImplemented' } : undefined;
          };
          const reports = await deleteAll();
          expect(reports.map(({ deleted }) => deleted)).toEqual([[], [], [], []]);
          for (const { remaining } of reports)
            expect(remaining).toEqual([expect.objectContaining({ reason: expect.stringContaining('AccessDenied') })]);
        },
      );

      it('are not called gone when the bucket was given versions meanwhile, and go with these the next time', async () => {
        const { plain, store, deleteAll } = await given();
        const Key = '2026/03/01/CA0/RE0/media.wav';
        const giveVersions = async () => {
          const VersioningConfiguration = { Status: 'Enabled' as const };
          await client.send(new PutBucketVersioningCommand({ Bucket: plain, VersioningConfiguration }));
          await client.send(new PutObjectCommand({ Bucket: plain, Key, Body: 'y' }));
        };
        proxy.onRequest = ({ url }) =>
          url?.includes('list-type') ? { kind: 'hold', until: giveVersions() } : undefined;
        const [{ remaining } = { remaining: [] }] = await deleteAll();
        expect(remaining).toContainEqual(expect.objectContaining({ key: Key, bytes: 1 }));
        const again = await deleteAll();
        expect(again.flatMap((report) => report.remaining)).toEqual([]);
        expect(await versions(store, '')).toEqual([]);
      });
    });

    it('deletes every version of the folders of one day also where it may not ask whether there are any', async () => {
      const store = await open();
      const day = `${folder()}/2026/03/01`;
      const names = Array.from({ length: 4 }, (_, index) => `${day}/CA${index}/RE${index}/`);
      for (const name of [...names, ...names]) await store.put(`${name}media.wav`, Buffer.from('x'), wav);
      proxy.onRequest = ({ url = '' }) =>
        new URL(url, proxy.url).searchParams.has('versioning')
          ? { kind: 'answer', status: 403, code: 'AccessDenied' }
          : undefined;
      const reports = await Promise.all(names.map((name) => store.deleteAllVersions(name)));
      expect(reports.map(({ deleted, remaining }) => [deleted.length, remaining])).toEqual(
        Array.from({ length: 4 }, () => [2, []]),
      );
      expect(await versions(store, day)).toEqual([]);
    });

    it('drops uploads that nobody completed, with what is under the prefix', async () => {
      const store = await open();
      const prefix = folder();
      for (const name of ['RE1/media.wav', 'RE1-other/media.wav']) {
        await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${prefix}/${name}` }));
      }
      const { deleted, remaining } = await store.deleteAllVersions(`${prefix}/RE1`);
      expect(remaining).toEqual([]);
      expect(deleted).toMatchObject([{ key: `${prefix}/RE1/media.wav` }]);
      expect(await uploads(prefix)).toEqual([`${prefix}/RE1-other/media.wav`]);
    });

    it('reports an upload that could not be dropped as remaining', async () => {
      const store = await open({ attempts: 1 });
      const prefix = folder();
      await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${prefix}/media.wav` }));
      proxy.onRequest = ({ method }) =>
        method === 'DELETE' ? { kind: 'answer', status: 403, code: 'AccessDenied' } : undefined;
      const { remaining } = await store.deleteAllVersions(prefix);
      expect(remaining).toEqual([
        expect.objectContaining({
          key: `${prefix}/media.wav`,
          reason: expect.stringMatching(/incomplete upload.*AccessDenied/),
        }),
      ]);
    });

    it('drops what a killed process left long ago, and nothing that is not its own', async () => {
      const prefix = folder();
      const account = `AC${'5'.repeat(32)}`;
      for (const name of [`${account}/RE1/media.wav`, 'backups/media.wav']) {
        await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${prefix}/${name}` }));
      }
      let sweeps = 0;
      proxy.onRequest = ({ method, url }) => {
        if (method === 'GET' && /[?&]uploads\b/.test(url ?? '')) sweeps += 1;
        return undefined;
      };
      const patient = await open({ prefix, sweepEveryMs: 20 });
      await vi.waitFor(() => expect(sweeps).toBeGreaterThan(1), WAIT);
      await patient.close();
      expect(await uploads(prefix)).toHaveLength(2);
      const eager = await open({ prefix, sweepEveryMs: 20, staleUploadMs: 1 });
      await vi.waitFor(async () => expect(await uploads(prefix)).toEqual([`${prefix}/backups/media.wav`]), WAIT);
      await eager.close();
    });

    // A put was completed between the two listings that confirm a deletion: the object was there, and the report said all gone.
    it('sees an upload that is completed while it confirms', async () => {
      const store = await open({ attempts: 1 });
      const name = randomUUID();
      const place = { Bucket: bucket, Key: `${name}/media.wav` };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
      const part = await client.send(
        new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: Buffer.from('x') }),
      );
      const Parts = [{ PartNumber: 1, ETag: part.ETag }];
      const complete = async () => {
        await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
      };
      let listings = 0;
      proxy.onRequest = ({ method, url }) => {
        if (method === 'DELETE') return { kind: 'answer', status: 503, code: 'SlowDown' };
        // Sweeps of the test before, of another folder, may still be on their way.
        const isListing = /[?&]uploads\b/.test(url ?? '') && url?.includes(name);
        return isListing && ++listings === 2 ? { kind: 'hold', until: complete() } : undefined;
      };
      const { remaining } = await store.deleteAllVersions(place.Key);
      expect(listings).toBe(2);
      expect(remaining).toEqual([expect.objectContaining({ key: place.Key, bytes: 1 })]);
    });

    it('reports a version under legal hold as remaining, and deletes the others', async () => {
      const locked = await createBucket(seaweedfs, { versioned: true, objectLock: true });
      const store = await open({ bucket: locked });
      const held = await store.put('RE1/media.wav', Buffer.from('first'), wav);
      await store.put('RE1/media.wav', Buffer.from('second'), wav);
      const hold = (Status: 'ON' | 'OFF') =>
        client.send(
          new PutObjectLegalHoldCommand({
            Bucket: locked,
            Key: held.key,
            VersionId: held.versionId,
            LegalHold: { Status },
          }),
        );
      await hold('ON');
      const report = await store.deleteAllVersions('RE1');
      expect(report.deleted).toHaveLength(1);
      expect(report.remaining).toEqual([
        {
          key: 'RE1/media.wav',
          versionId: held.versionId,
          isDeleteMarker: false,
          bytes: 5,
          reason: expect.stringContaining('AccessDenied'),
        },
      ]);
      await hold('OFF');
      expect((await store.deleteAllVersions('RE1')).remaining).toEqual([]);
    });

    it('tells why when a whole deletion is refused', async () => {
      const store = await open();
      const prefix = folder();
      await store.put(`${prefix}/a`, Buffer.from('a'), wav);
      proxy.onRequest = ({ url }) =>
        url?.includes('?delete') ? { kind: 'answer', status: 403, code: 'AccessDenied' } : undefined;
      const { deleted, remaining } = await store.deleteAllVersions(prefix);
      expect(deleted).toEqual([]);
      expect(remaining).toEqual([
        expect.objectContaining({ key: `${prefix}/a`, reason: expect.stringContaining('AccessDenied') }),
      ]);
    });

    describe('encryption by a KMS key', () => {
      it.each([
        ['a small object', 10],
        ['an object of several parts', PART_BYTES + 1],
      ])('is applied to %s', async (_, bytes) => {
        const store = await open({ sseKmsKeyId: 'recordings' });
        const key = `${folder()}/media.wav`;
        await store.put(key, randomBytes(bytes), wav);
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        expect(found).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'recordings' });
      });

      it('is read back, and an object without it is deleted and refused', async () => {
        const store = await open({ sseKmsKeyId: 'recordings' });
        proxy.onRequest = ({ method }) =>
          method === 'HEAD' ? { kind: 'drop-header', name: 'x-amz-server-side-encryption' } : undefined;
        const prefix = folder();
        const put = store.put(`${prefix}/media.wav`, Buffer.from('clear'), wav);
        await expect(put).rejects.toMatchObject({
          retryable: false,
          message: expect.stringMatching(/did not encrypt.*S3_SSE_KMS_KEY_ID/),
        });
        expect(await versions(store, prefix)).toEqual([]);
      });
    });

    it('signs a URL that reads the object without credentials', async () => {
      const store = await open();
      const key = `${folder()}/with space+plus.wav`;
      await store.put(key, Buffer.from('audio'), wav);
      const url = await store.presignGet(key, 60);
      expect(await (await fetch(url ?? '')).text()).toBe('audio');
      expect((await fetch((url ?? '').split('?')[0] ?? '')).status).toBe(403);
    });

    it.each(['crc32', 'md5'] as const)('lets the server check parts by %s', async (partChecksum) => {
      const store = await open({ partChecksum });
      const headers: string[] = [];
      proxy.onRequest = (request) => {
        if (isPart(request.url)) headers.push(...Object.keys(request.headers));
        return undefined;
      };
      await store.put(`${folder()}/media.wav`, randomBytes(PART_BYTES + 1), wav);
      expect(headers).toContain(partChecksum === 'crc32' ? 'x-amz-checksum-crc32' : 'content-md5');
    });
  }),
);
