import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { createBucket } from '../../servers/buckets.ts';
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts';
import { DAY, Deletions } from './deletions.ts';
import { at } from './facts.ts';

describeWith('s3', (seaweedfs) =>
  describe('a deletion on S3', () => {
    let proxy: FaultProxy;
    let site: Deletions;
    beforeAll(async () => {
      proxy = await startFaultProxy(seaweedfs.endpoint);
      const bucket = await createBucket(seaweedfs, { versioned: true });
      const place = { bucket, prefix: '', endpoint: proxy.url, region: seaweedfs.region, forcePathStyle: true };
      site = await Deletions.start(() =>
        openObjectStore({ kind: 's3', ...place, credentials: seaweedfs, attempts: 1 }),
      );
    });
    afterAll(async () => {
      await site?.close();
      await proxy?.stop();
    });
    beforeEach(() => site.test.published());
    afterEach(() => {
      proxy.onRequest = () => undefined;
    });

    const refused = async () => {
      const given = await site.given('refused');
      await given.archive();
      await given.put('media.wav');
      site.test.now = at(1 + DAY);
      return given;
    };
    /** Two versions of the audio, and the manifest. */
    const OBJECTS = [{}, {}, {}];
    const finished = async ({ sid, prefix }: { sid: string; prefix: string }) => {
      site.test.now = new Date(site.test.now.getTime() + 3_600_000);
      await site.sweep();
      expect(await site.objectsUnder(prefix)).toBe(0);
      expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
      expect(await site.certificates(sid)).toMatchObject([{ objects: OBJECTS }]);
      expect(await site.toldOf(sid)).toMatchObject([{ data: { objects: OBJECTS } }]);
    };

    it.each([
      ['listing', 'GET', 'versions'],
      ['listing of uploads', 'GET', 'uploads'],
      ['deletion', 'POST', 'delete'],
    ])(
      'is partial while S3 refuses the %s, and is completed and certified once afterwards',
      async (_, method, query) => {
        const given = await refused();
        proxy.onRequest = ({ method: asked, url }) =>
          asked === method && new URL(url ?? '', proxy.url).searchParams.has(query)
            ? { kind: 'answer', status: 403, code: 'AccessDenied' }
            : undefined;
        await site.sweep();
        expect(await site.find(given.sid)).toMatchObject({
          state: 'deleting',
          deletion: { status: 'partial', objects: { failure: expect.stringMatching(/AccessDenied|denied/i) } },
        });
        expect(await site.certificates(given.sid)).toEqual([]);
        proxy.onRequest = () => undefined;
        await finished(given);
      },
    );

    it('knows what is gone also where the answer to its deletion was lost', async () => {
      const given = await refused();
      proxy.onRequest = ({ method }) => (method === 'POST' ? { kind: 'lose-answer' } : undefined);
      await site.sweep();
      proxy.onRequest = () => undefined;
      await finished(given);
    });

    it('does not count as done when a version is written between deletion and confirmation', async () => {
      const given = await refused();
      let isWritten = false;
      const objects: ObjectStore = {
        ...site.store,
        deleteAllVersions: async (prefix, before, only) => {
          const report = await site.store.deleteAllVersions(prefix, before, only);
          if (isWritten) return report;
          isWritten = true;
          // As the confirming listing shows it, when it is written just before.
          await given.put('transcript.json');
          return { ...report, remaining: [{ key: `${prefix}transcript.json`, isDeleteMarker: false, bytes: 1 }] };
        },
      };
      await site.sweep({ objects });
      expect(await site.find(given.sid)).toMatchObject({ deletion: { status: 'partial' } });
      site.test.now = new Date(site.test.now.getTime() + 3_600_000);
      await site.sweep();
      expect(await site.certificates(given.sid)).toMatchObject([{ objects: [...OBJECTS, {}] }]);
    });

    it.each([1, 2, 3, 4])('is finished once by another worker when the one at it is ended at step %i', async (step) => {
      const given = await refused();
      let steps = 0;
      // From this step on the worker does nothing any more: neither in the store nor in the ledger.
      const died = new Error('killed');
      const dying = async <T>(work: () => Promise<T>): Promise<T> => {
        steps += 1;
        if (steps >= step) throw died;
        const done = await work();
        steps += 1;
        if (steps >= step) throw died;
        return done;
      };
      const objects: ObjectStore = {
        ...site.store,
        deleteAllVersions: (prefix, before, only) =>
          dying(() => site.store.deleteAllVersions(prefix, before && ((found) => dying(() => before(found))), only)),
      };
      const back = await site.refuseToWrite(given.sid, 'new.attempts > 0');
      await site.sweep({ objects }).catch(() => undefined);
      await back();
      expect(await site.certificates(given.sid)).toEqual([]);
      await finished(given);
    });
  }),
);
