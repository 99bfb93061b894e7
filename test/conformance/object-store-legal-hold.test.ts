import { randomUUID } from 'node:crypto';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { type ObjectStore, ObjectStoreError } from '@onrecord/shared/object-store/port';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createBucket } from '../servers/buckets.ts';
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';

const text = { contentType: 'text/plain' };

describeWith('s3', (seaweedfs) =>
  describe('a legal hold', () => {
    let proxy: FaultProxy;
    let locking: ObjectStore;
    let versioned: ObjectStore;
    beforeAll(async () => {
      proxy = await startFaultProxy(seaweedfs.endpoint);
      locking = await open({ objectLock: true });
      versioned = await open({ versioned: true });
    });
    afterEach(() => {
      proxy.onRequest = () => undefined;
    });
    afterAll(async () => {
      await locking?.close();
      await versioned?.close();
      await proxy?.stop();
    });

    const open = async (options: { versioned?: boolean; objectLock?: boolean }) => {
      const place = { kind: 's3', bucket: await createBucket(seaweedfs, options), prefix: 'our', attempts: 1 } as const;
      const { region } = seaweedfs;
      return openObjectStore({ ...place, region, endpoint: proxy.url, credentials: seaweedfs, forcePathStyle: true });
    };
    const given = async (store: ObjectStore) => {
      const prefix = `AC1/${randomUUID()}`;
      for (const name of ['media.wav', 'transcript.json', 'transcript.json']) {
        await store.put(`${prefix}/${name}`, Buffer.from(name), text);
      }
      await store.put(`${prefix}-other/media.wav`, Buffer.from('x'), text);
      return prefix;
    };

    it('is enforced where the bucket has Object Lock, and only there', async () => {
      expect(await locking.objectLock()).toEqual({ isEnforced: true });
      expect(await versioned.objectLock()).toEqual({
        isEnforced: false,
        reason: expect.stringMatching(/^the bucket test-.* has no Object Lock$/),
      });
    });

    it.each([
      [501, 'NotImplemented', 'the store has no Object Lock'],
      [403, 'AccessDenied', expect.stringContaining('allow s3:GetBucketObjectLockConfiguration')],
    ])('is not enforced where the question is answered with %i', async (status, code, reason) => {
      proxy.onRequest = ({ url }) => (url?.includes('object-lock') ? { kind: 'answer', status, code } : undefined);
      expect(await locking.objectLock()).toEqual({ isEnforced: false, reason });
    });

    it('is unknown while the store fails', async () => {
      proxy.onRequest = ({ url }) =>
        url?.includes('object-lock') ? { kind: 'answer', status: 503, code: 'SlowDown' } : undefined;
      await expect(locking.objectLock()).rejects.toThrow(ObjectStoreError);
    });

    it('keeps every version in the folder until it is lifted, and nothing beside it', async () => {
      const prefix = await given(locking);
      expect(await locking.setLegalHold(prefix, true)).toMatchObject({ confirmed: [{}, {}, {}], failed: [] });
      const { deleted, remaining } = await locking.deleteAllVersions(prefix);
      expect(deleted).toEqual([]);
      expect(remaining).toHaveLength(3);
      expect(remaining[0]?.reason).toMatch(/AccessDenied/);
      expect(await locking.deleteAllVersions(`${prefix}-other`)).toMatchObject({ deleted: [{}], remaining: [] });
      expect(await locking.setLegalHold(prefix, false)).toMatchObject({ confirmed: [{}, {}, {}], failed: [] });
      expect(await locking.deleteAllVersions(prefix)).toMatchObject({ deleted: [{}, {}, {}], remaining: [] });
    });

    it('is set again on what was written since', async () => {
      const prefix = await given(locking);
      await locking.setLegalHold(prefix, true);
      await locking.put(`${prefix}/transcript.json`, Buffer.from('again'), text);
      expect((await locking.setLegalHold(prefix, true)).confirmed).toHaveLength(4);
      expect((await locking.deleteAllVersions(prefix)).remaining).toHaveLength(4);
    });

    it('is reported as missing where it could not be set, or does not read back', async () => {
      const prefix = await given(locking);
      proxy.onRequest = ({ method, url }) =>
        method === 'PUT' && url?.includes('media.wav')
          ? { kind: 'answer', status: 403, code: 'AccessDenied' }
          : undefined;
      expect(await locking.setLegalHold(prefix, true)).toMatchObject({
        confirmed: [{}, {}],
        failed: [{ key: `${prefix}/media.wav`, reason: expect.stringContaining('AccessDenied') }],
      });
      proxy.onRequest = ({ method, url }) =>
        method === 'GET' && url?.includes('media.wav')
          ? { kind: 'answer', status: 404, code: 'NoSuchObjectLegalHold' }
          : undefined;
      expect((await locking.setLegalHold(prefix, true)).failed).toEqual([
        expect.objectContaining({ reason: 'the store took the legal hold ON and shows OFF' }),
      ]);
    });

    it('never takes an empty prefix, which would mean everything', async () => {
      await expect(locking.setLegalHold('', true)).rejects.toThrow(ObjectStoreError);
    });
  }),
);
