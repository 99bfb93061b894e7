import { PutObjectLegalHoldCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectVersion } from '@onrecord/shared/object-store/port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { createBucket, s3Client } from '../../servers/buckets.ts';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { ACCOUNT, at } from './facts.ts';

const HOUR_MS = 3_600_000;
/** By the clock of the store, which nobody turns: short, and long enough for an attempt. */
const RETENTION_MS = 10_000;
const REMEDY = /AccessDenied.*Lift the legal hold or the retention .* or allow s3:DeleteObjectVersion/;

describeWith('s3', (seaweedfs) =>
  describe('one object version that the store refuses to delete', () => {
    const client = s3Client(seaweedfs);
    let bucket = '';
    let site: Deletions;
    beforeAll(async () => {
      bucket = await createBucket(seaweedfs, { objectLock: true });
      const place = {
        bucket,
        prefix: 'our',
        endpoint: seaweedfs.endpoint,
        region: seaweedfs.region,
        forcePathStyle: true,
      };
      site = await Deletions.start(() =>
        openObjectStore({ kind: 's3', ...place, credentials: seaweedfs, attempts: 1 }),
      );
    });
    afterAll(async () => {
      await site?.close();
      client.destroy();
    });

    /** Four versions of three objects, of which the middle one is the older of two. */
    async function refused() {
      const given = await site.given('refused');
      await given.archive();
      await given.put('transcript.json');
      await given.put('transcript.json');
      const versions: ObjectVersion[] = [];
      for await (const version of site.store.listVersions(given.prefix)) versions.push(version);
      const denied = versions.filter(({ key }) => key.endsWith('transcript.json')).at(-1);
      if (denied?.versionId === undefined) throw new Error('the store gave no versions');
      site.test.now = at(1 + DAY);
      return { ...given, versions, denied: { key: denied.key, versionId: denied.versionId } };
    }
    type Refused = Awaited<ReturnType<typeof refused>>;

    const later = () => {
      site.test.now = new Date(site.test.now.getTime() + HOUR_MS);
    };
    const inStore = ({ key, versionId }: Refused['denied']) => ({
      Bucket: bucket,
      Key: `our/${key}`,
      VersionId: versionId,
    });
    const left = async ({ prefix }: Refused) => {
      const found: { key: string; versionId: string | undefined }[] = [];
      for await (const { key, versionId } of site.store.listVersions(prefix)) found.push({ key, versionId });
      return found;
    };
    /** Says which version, why, and what to do; and certifies nothing. */
    async function isPartial(given: Refused) {
      const { sid, denied } = given;
      expect(await left(given)).toEqual([denied]);
      const objects = { deleted: 3, failure: expect.stringMatching(REMEDY) };
      const found = await site.find(sid);
      expect(found).toMatchObject({ state: 'deleting', deletion: { status: 'partial', objects } });
      expect(JSON.stringify(found)).toContain(`${denied.key} (version ${denied.versionId}) is still there: `);
      const asked = { accounts: [ACCOUNT], recordingSid: sid, limit: 5 };
      expect(await site.test.reader.listDeletions({ ...asked, status: 'partial' })).toHaveLength(1);
      expect(await site.test.reader.listDeletions({ ...asked, status: 'failing' })).toEqual([]);
      expect(await site.certificates(sid)).toEqual([]);
      expect(await site.toldOf(sid)).toEqual([]);
    }
    async function isDone(given: Refused) {
      const { sid, versions } = given;
      expect(await left(given)).toEqual([]);
      expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
      const [certificate, ...others] = await site.certificates(sid);
      expect(others).toEqual([]);
      const names = (objects: readonly { key: string; versionId?: string | undefined }[] = []) =>
        objects.map(({ key, versionId }) => `${key} ${versionId}`).toSorted();
      expect(names(certificate?.objects)).toEqual(names(versions));
      expect(await site.toldOf(sid)).toHaveLength(1);
    }

    it('for a legal hold that somebody else set is told with its remedy, tried again, and goes when the hold is lifted', async () => {
      const given = await refused();
      const hold = (Status: 'ON' | 'OFF') =>
        client.send(new PutObjectLegalHoldCommand({ ...inStore(given.denied), LegalHold: { Status } }));
      await hold('ON');
      await site.sweep();
      await isPartial(given);
      later();
      await site.sweep();
      await isPartial(given);
      await hold('OFF');
      later();
      await site.sweep();
      await isDone(given);
    });

    it('for its retention goes when that is over', async () => {
      const given = await refused();
      const RetainUntilDate = new Date(Date.now() + RETENTION_MS);
      const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate };
      await client.send(new PutObjectRetentionCommand({ ...inStore(given.denied), Retention }));
      await site.sweep();
      await isPartial(given);
      await expect
        .poll(
          async () => {
            later();
            await site.sweep();
            return (await left(given)).length;
          },
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe(0);
      await isDone(given);
    });

    // It was "failing" as long as no place was confirmed, whatever had gone by then.
    it('is partial also while nothing can be asked of Twilio', async () => {
      const given = await refused();
      await client.send(new PutObjectLegalHoldCommand({ ...inStore(given.denied), LegalHold: { Status: 'ON' } }));
      await site.sweep({ apiUrl: NOBODY });
      await isPartial(given);
      await client.send(new PutObjectLegalHoldCommand({ ...inStore(given.denied), LegalHold: { Status: 'OFF' } }));
      later();
      await site.sweep();
      await isDone(given);
    });
  }),
);
