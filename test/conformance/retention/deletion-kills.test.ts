import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts';
import { startDeletingWorker } from './hold-race/deleting-worker.ts';
import { type Contested, type Race, startRace } from './hold-race/race.ts';

/** More than a worker takes to start and to come to any point beside many other things. */
const REACHED_MS = 60_000;
/** A killed worker's lease is over after 1.5 s; a failed attempt is tried again after 10 s. */
const DONE_MS = 60_000;

/** A request that a worker comes to, and is held there. */
type Point = (request: { to: 's3' | 'twilio'; method: string; query: URLSearchParams }) => boolean;

const listing: Point = ({ to, method, query }) => to === 's3' && method === 'GET' && query.has('versions');
const ofUploads: Point = ({ to, query }) => to === 's3' && query.has('uploads');
const deletingObjects: Point = ({ to, method, query }) => to === 's3' && method === 'POST' && query.has('delete');
const lookingAtTwilio: Point = ({ to, method }) => to === 'twilio' && method === 'GET';
const deletingAtTwilio: Point = ({ to, method }) => to === 'twilio' && method === 'DELETE';
/** The second part is held, once there was a request of the first. */
const afterOne =
  (first: Point, then: Point): (() => Point) =>
  () => {
    let isThrough = false;
    return (request) => {
      if (isThrough) return then(request);
      isThrough = first(request);
      return false;
    };
  };

/** In the order of a deletion; both places are worked on at the same time, so what is not held of one may be done. */
const POINTS: readonly [step: string, point: () => Point][] = [
  ['it has begun and asked nobody yet', () => (request) => listing(request) || lookingAtTwilio(request)],
  ['its objects are noted, and none is deleted', () => deletingObjects],
  ['its objects are deleted, and that is not known', afterOne(deletingObjects, ofUploads)],
  ['its objects are deleted, and that is not confirmed', afterOne(deletingObjects, listing)],
  ['Twilio’s copy is noted, and not deleted', () => deletingAtTwilio],
  ['Twilio has deleted its copy, and that is not confirmed', afterOne(deletingAtTwilio, lookingAtTwilio)],
];

/** Where the transaction that completes the deletion comes to a halt: at the tables that it writes last. */
const HALTS = [
  ['its certificate is being written', 'deletion_certificates', 'ledger.deletion_certificates'],
  ['its end is being told', 'outbox', 'messaging.outbox'],
] as const;

describeWith('s3', (seaweedfs) =>
  describe('a worker that is killed when', () => {
    let race: Race;
    let proxies: Record<'s3' | 'twilio', FaultProxy>;
    beforeAll(async () => {
      race = await startRace(seaweedfs, POINTS.length + HALTS.length + 1);
      proxies = { s3: await startFaultProxy(seaweedfs.endpoint), twilio: await startFaultProxy(race.place.twilioUrl) };
    }, 300_000);
    afterEach(() => {
      holdAt(undefined);
    });
    afterAll(async () => {
      await race?.close();
      for (const proxy of Object.values(proxies ?? {})) await proxy.stop();
    });

    /** @returns when a request has come to the point; it and those that come to it later never go on */
    function holdAt(point: Point | undefined): Promise<void> {
      const reached = Promise.withResolvers<void>();
      for (const to of ['s3', 'twilio'] as const) {
        proxies[to].onRequest = ({ method = '', url = '' }: IncomingMessage) => {
          const query = new URL(url, proxies[to].url).searchParams;
          if (point?.({ to, method, query }) !== true) return undefined;
          reached.resolve();
          return { kind: 'hold', until: new Promise(() => undefined) };
        };
      }
      return reached.promise;
    }
    const work = async () => {
      const { store, ...place } = race.place;
      const s3 = { ...store, endpoint: proxies.s3.url };
      const worker = await startDeletingWorker({ ...place, store: s3 as typeof store, twilioUrl: proxies.twilio.url });
      onTestFinished(worker.kill);
      return worker;
    };
    const within = <T>(reached: Promise<T>) =>
      Promise.race([reached, sleep(REACHED_MS).then(() => expect.fail('the worker never came to the point'))]);

    /** A recording with two versions of its audio. */
    async function given() {
      const recording = await race.given(['media.wav', 'media.wav', 'manifest.json']);
      const versions: string[] = [];
      for await (const { key, versionId } of race.store.listVersions(recording.prefix))
        versions.push(`${key} ${versionId}`);
      expect(versions).toHaveLength(3);
      return { recording, versions: versions.toSorted() };
    }

    /** Another worker finishes what the killed one left, and all that was ever there is in the one certificate. */
    async function isFinishedOnce({ recording, versions }: { recording: Contested; versions: string[] }) {
      const { pool, reader } = race.test;
      const find = () => reader.find(race.place.accountSid, recording.sid);
      const heir = await work();
      await vi.waitFor(async () => expect(await find()).toMatchObject({ state: 'deleted' }), DONE_MS);
      await heir.kill();
      expect(await race.keys(recording)).toEqual([]);
      expect(race.isAtTwilio(recording)).toBe(false);
      const { rows } = await pool.query('select body from ledger.deletion_certificates where recording_sid = $1', [
        recording.sid,
      ]);
      const certificates = rows.map(({ body }) => JSON.parse(body));
      expect(certificates).toMatchObject([
        {
          deletionId: `${recording.sid}.1`,
          places: expect.arrayContaining([expect.objectContaining({ place: 'twilio', outcome: 'deleted' })]),
        },
      ]);
      const name = ({ key, versionId }: { key: string; versionId?: string }) => `${key} ${versionId}`;
      expect(certificates[0].objects.map(name).toSorted()).toEqual(versions);
      const told = (await race.test.published()).filter(({ subject }) => subject === recording.sid);
      const deleted = told.filter(({ type }) => type === 'onrecord.recording.deleted.v1');
      expect(deleted).toMatchObject([{ data: { source: { outcome: 'deleted' }, objects: [{}, {}, {}] } }]);
      const steps = await pool.query(
        `select kind, count(*)::int as times from ledger.audit_entries
         where recording_sid = $1 and kind in ('deletion.begun', 'deletion.completed', 'deletion.certified') group by kind`,
        [recording.sid],
      );
      expect(steps.rows.map(({ times }) => times)).toEqual([1, 1, 1]);
    }

    it.each(POINTS)('%s leaves it to another, which loses no evidence', { timeout: 200_000 }, async (_, point) => {
      const all = await given();
      const reached = holdAt(point());
      const worker = await work();
      await within(reached);
      await worker.kill();
      holdAt(undefined);
      await isFinishedOnce(all);
    });

    it.each(HALTS)(
      '%s leaves it to another, which loses no evidence',
      { timeout: 200_000 },
      async (_, inQuery, table) => {
        const all = await given();
        const confirming = holdAt(afterOne(deletingAtTwilio, lookingAtTwilio)());
        const worker = await work();
        await within(confirming);
        await vi.waitFor(async () => expect(await race.keys(all.recording)).toEqual([]), REACHED_MS);
        await worker.kill();
        // The next one finds nothing left, and comes to the end with nothing in between.
        holdAt(undefined);
        const client = await race.test.pool.connect();
        onTestFinished(() => client.release(true));
        await client.query('begin');
        await client.query(`lock table ${table} in exclusive mode`);
        const last = await work();
        await vi.waitFor(async () => expect(await isWaiting(inQuery)).toBe(true), REACHED_MS);
        await last.kill();
        await client.query('rollback');
        await isFinishedOnce(all);
      },
    );

    it('it has just completed it has nobody do it again', { timeout: 200_000 }, async () => {
      const all = await given();
      const worker = await work();
      const find = () => race.test.reader.find(race.place.accountSid, all.recording.sid);
      await vi.waitFor(async () => expect(await find()).toMatchObject({ state: 'deleted' }), {
        timeout: DONE_MS,
        interval: 10,
      });
      await worker.kill();
      await isFinishedOnce(all);
    });

    /** Whether a worker waits for the lock with a statement about this. */
    async function isWaiting(inQuery: string): Promise<boolean> {
      const { rows } = await race.test.pool.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'hold-race'
           and wait_event_type = 'Lock' and position($1 in query) > 0`,
        [inQuery],
      );
      return rows.length > 0;
    }
  }),
);
