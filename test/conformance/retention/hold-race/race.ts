import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHolds } from '@onrecord/retention/holds/holds';
import type { Covered } from '@onrecord/retention/ledger/holds/read-holds';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { startSimulator } from '@onrecord/simulator/simulator';
import { openAccountState } from '@onrecord/simulator/twilio/account-state';
import { createBucket } from '../../../servers/buckets.ts';
import type { SeaweedFs } from '../../../servers/seaweedfs.ts';
import { recordAtTwilio } from '../deletions.ts';
import { ACCOUNT, archived, at, consentOf, newSid, recordingCompleted } from '../facts.ts';
import { startLedger } from '../ledger.ts';
import { ledgerOf, policyOfTheRace, twilioOf, type WorkerPlace } from './deleting-worker.ts';

const NAMES = ['media.wav', 'manifest.json'];
const lawyer = { kind: 'person', id: 'lawyer' } as const;

export interface Contested {
  sid: string;
  callSid: string;
  prefix: string;
}

/** What a hold's answer said of its recording. */
export interface Answer {
  recording: Contested;
  holdId: string;
  said: Covered | undefined;
}

/** Recordings that are due to be deleted, in a bucket with Object Lock and at a Twilio, with those who hold them. */
export async function startRace(seaweedfs: Omit<SeaweedFs, 'stop'>, recordings: number) {
  const test = await startLedger(policyOfTheRace);
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-hold-race-'));
  const account = await openAccountState(folder);
  const sids = Array.from({ length: recordings }, () => newSid('RE'));
  for (const sid of sids) await recordAtTwilio(account, sid);
  const twilio = await startSimulator({
    ...{ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: 'http://127.0.0.1:1', dataDir: folder },
  });
  const { endpoint, region, accessKeyId, secretAccessKey } = seaweedfs;
  const bucket = await createBucket(seaweedfs, { objectLock: true });
  const place: WorkerPlace = {
    databaseUrl: test.url,
    role: test.role,
    pseudonymKey: 'a-pseudonym-key-of-32-characters',
    store: {
      ...{ kind: 's3', bucket, prefix: 'race', endpoint, region, forcePathStyle: true },
      credentials: { accessKeyId, secretAccessKey },
    },
    twilioUrl: twilio.url,
    accountSid: ACCOUNT,
  };
  const store = await openObjectStore(place.store);
  const own = ledgerOf(place);
  const holds = createHolds({
    ...{ ...own, objects: store, source: twilioOf(place).source, releaseNeedsSecondPerson: false },
    newId: () => randomUUID().replaceAll('-', ''),
    onPublish: () => undefined,
    onDue: () => undefined,
  });
  const { matterId } = await holds.openMatter(ACCOUNT, 'the race', lawyer);

  return {
    place,
    test,
    store,
    /** A recording that a party refused long ago: the next sweep deletes it. */
    given: async (names: readonly string[] = NAMES): Promise<Contested> => {
      const [sid, callSid] = [sids.pop() ?? '', newSid('CA')];
      const prefix = `${ACCOUNT}/2026/03/01/${callSid}/${sid}/`;
      await Promise.all(
        names.map((name) => store.put(`${prefix}${name}`, Buffer.from(name), { contentType: 'text/plain' })),
      );
      test.now = at(1);
      // Decided on once all of it is there, so that no worker begins before.
      await test.take(archived(sid, callSid, prefix, { store: store.uri }), recordingCompleted(sid, { callSid }));
      return { sid, callSid, prefix };
    },
    /** From here on it is due. */
    refuse: ({ callSid }: Contested) => test.take(consentOf({ callSid }, 'refused')),
    /** Waits until a worker has begun to delete it, for half a minute at most. */
    isBegun: ({ sid }: Contested): Promise<boolean> =>
      soon(async () => {
        const { rowCount } = await test.pool.query('select from ledger.deletions where recording_sid = $1', [sid]);
        return rowCount === 1;
      }),
    /** Waits until Twilio's copy, which goes last, is gone: for half a minute at most. */
    isGone: ({ sid }: Contested): Promise<boolean> =>
      soon(async () => twilio.recordings.get(sid)?.status !== 'completed'),
    hold: async (recording: Contested): Promise<Answer> => {
      const selector = { recordingSid: recording.sid };
      const { holdId } = await holds.place(ACCOUNT, { matterId, selector }, lawyer);
      return { recording, holdId, said: (await saidOf(holdId))[0] };
    },
    saidOf,
    keys: async ({ prefix }: Contested): Promise<string[]> => {
      const keys: string[] = [];
      for await (const { key, isDeleteMarker } of store.listVersions(prefix)) if (!isDeleteMarker) keys.push(key);
      return keys;
    },
    keysOf: ({ prefix }: Contested) => NAMES.map((name) => `${prefix}${name}`).toSorted(),
    isAtTwilio: ({ sid }: Contested) => twilio.recordings.get(sid)?.status === 'completed',
    /** The store refuses to delete what is left, whoever asks. */
    isLocked: async ({ prefix }: Contested): Promise<boolean> =>
      (await store.deleteAllVersions(prefix)).deleted.length === 0,
    close: async () => {
      await own.pool.end();
      await store.close();
      await twilio.stop();
      await test.close();
      await rm(folder, { recursive: true, force: true });
    },
  };

  function saidOf(holdId: string): Promise<Covered[]> {
    return holds.covered(ACCOUNT, holdId, { after: '', limit: 10, begunOnly: false });
  }
}

/** @returns whether it came true within half a minute */
async function soon(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let look = 0; look < 600; look += 1) {
    if (await isSo()) return true;
    await sleep(50);
  }
  return false;
}

export type Race = Awaited<ReturnType<typeof startRace>>;
