import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountsSource } from '@onrecord/retention/adapters/accounts-source';
import { openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { setRetention } from '@onrecord/retention/set-retention';
import { createSweeps, type SweepDeps, type SweepLimits } from '@onrecord/retention/sweeps';
import { withdrawalKey } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { accountsOf, type TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { type AccountState, openAccountState } from '@onrecord/simulator/twilio/account-state';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ACCOUNT,
  archived,
  archiveFailed,
  at,
  consentOf,
  newSid,
  recordingCompleted,
  transcribed,
  transcriptionFailed,
} from './facts.ts';
import { policy, startLedger, type TestLedger } from './ledger.ts';

const DAY = 1_440;
const NOBODY = 'http://127.0.0.1:1';

let test: TestLedger;
let store: ObjectStore;
let twilio: Simulator;
let folder: string;
const sids = Array.from({ length: 80 }, () => newSid('RE'));

beforeAll(async () => {
  test = await startLedger();
  folder = await mkdtemp(join(tmpdir(), 'onrecord-deletions-'));
  store = await openObjectStore({ kind: 'file', folder: join(folder, 'objects') });
  const account = await openAccountState(join(folder, 'twilio'));
  for (const sid of sids) await recordAtTwilio(account, sid);
  twilio = await startSimulator({
    accountSid: ACCOUNT,
    authToken: 'token',
    publicBaseUrl: NOBODY,
    dataDir: join(folder, 'twilio'),
  });
});
afterAll(async () => {
  await twilio?.stop();
  await test?.close();
  await store?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => test.published());

async function recordAtTwilio(account: AccountState, sid: string, accountSid = ACCOUNT): Promise<void> {
  const date = at(0).toISOString();
  await account.saveRecording({
    sid,
    accountSid,
    callSid: newSid('CA'),
    conferenceSid: null,
    status: 'completed',
    source: 'StartCallRecordingTwiML',
    track: 'both',
    channels: 2,
    startTime: date,
    duration: 12,
    errorCode: null,
    dateCreated: date,
    dateUpdated: date,
    deletedAt: null,
    media: await account.writeMedia(sid, Buffer.from('RIFF')),
  });
}

const archivedHere: typeof archived = (sid, callSid, prefix, fields) =>
  archived(sid, callSid, prefix, { store: store.uri, ...fields });

/** A recording that is at Twilio and in the store, with its consent as given. */
async function given(outcome: 'granted' | 'refused' | undefined) {
  const sid = sids.pop() ?? '';
  const callSid = newSid('CA');
  const prefix = `${ACCOUNT}/2026/03/01/${callSid}/${sid}/`;
  test.now = at(1);
  if (outcome !== undefined) await test.take(consentOf({ callSid }, outcome));
  await test.take(recordingCompleted(sid, { callSid }));
  await test.published();
  const put = async (name: string) => {
    await store.put(`${prefix}${name}`, Buffer.from(name), { contentType: 'text/plain' });
  };
  const archive = async () => {
    for (const name of ['media.wav', 'manifest.json']) await put(name);
    await test.take(archivedHere(sid, callSid, prefix));
  };
  return { sid, callSid, prefix, put, archive };
}

/** While it is not called off, the ledger refuses to write down deletions of the recording that are as described. */
async function refuseToWrite(sid: string, when: string): Promise<() => Promise<unknown>> {
  const name = `refuse_${sid}`;
  await test.pool.query(
    `create function ${name}() returns trigger language plpgsql as $$ begin raise 'the database restarts'; end $$;
     create trigger ${name} before insert or update on ledger.deletions for each row
     when (new.recording_sid = '${sid}' and ${when}) execute function ${name}()`,
  );
  return () => test.pool.query(`drop trigger ${name} on ledger.deletions; drop function ${name}`);
}

const accountAt = (apiUrl: string, accountSid: string, token = 'token'): TwilioAccount => ({
  accountSid,
  authTokens: [token],
  apiUrl,
});

/**
 * One worker, as it starts: sweeps until nothing more is due. The retention period is in minutes; `left` takes the accounts of which
 * something is due that nobody does.
 * @returns the recordings that could not be changed
 */
async function sweep({
  apiUrl = twilio.url,
  objects = store,
  period = 30 * DAY,
  limits = undefined as SweepLimits | undefined,
  others = [] as readonly TwilioAccount[],
  left = [] as string[],
} = {}): Promise<string[]> {
  const failed: string[] = [];
  const configured = [accountAt(apiUrl, ACCOUNT), ...others];
  const accounts = accountsOf(() => configured);
  const withPeriod = { ...policy, retentionPeriodMs: period * 60_000 };
  const deps: SweepDeps = {
    ...test,
    ledger: openLedger({
      ...test,
      accounts: () => configured.map(({ accountSid }) => accountSid),
      policy: withPeriod,
      onPublish: () => undefined,
      onFailed: ({ recordingSid }) => failed.push(recordingSid),
    }),
    policy: withPeriod,
    objects,
    accounts,
    source: accountsSource({ accounts, clock: () => test.now }),
    onLeft: (accountSid) => void left.push(accountSid),
    onDecision: () => undefined,
    onDeletionAttempt: () => undefined,
  };
  const sweeps = createSweeps(deps, limits);
  for (const each of sweeps) while (await each());
  return failed;
}

const find = (sid: string) => test.reader.find(ACCOUNT, sid);
const objectsUnder = async (prefix: string) => {
  let count = 0;
  for await (const _ of store.listVersions(prefix)) count += 1;
  return count;
};
/** Also takes what is told of others. */
const toldOf = async (sid: string) => (await test.published()).filter(({ subject }) => subject === sid);
const statusAtTwilio = (sid: string) => twilio.recordings.get(sid)?.status;

describe('a refused recording', () => {
  it('goes at Twilio and in the store once its delay is over, and not a moment before', async () => {
    const { sid, prefix, archive } = await given('refused');
    await archive();
    test.now = new Date(at(1 + DAY).getTime() - 1);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'refused' });
    expect(statusAtTwilio(sid)).toBe('completed');

    test.now = at(1 + DAY);
    await sweep();
    expect(statusAtTwilio(sid)).toBe('deleted');
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({
      state: 'deleted',
      reason: expect.stringMatching(/^Deleted because a party refused\. Refused recording: caller of CA/),
      deletion: {
        status: 'done',
        cause: 'refusal',
        attempts: 1,
        objects: { deleted: 2 },
        twilio: { outcome: 'deleted' },
      },
    });
    expect(await test.published()).toMatchObject([
      {
        type: 'onrecord.recording.deleted.v1',
        data: { recordingSid: sid, cause: 'refusal', source: { outcome: 'deleted' }, objects: [{}, {}] },
      },
    ]);
  });

  it('stays when the party agrees within the delay', async () => {
    const { sid, callSid } = await given('refused');
    test.now = at(100);
    await test.take(consentOf({ callSid }, 'granted', { recordedAt: at(99).toISOString() }));
    test.now = at(2 * DAY);
    await sweep();
    expect(statusAtTwilio(sid)).toBe('completed');
    expect(await find(sid)).toMatchObject({ state: 'cleared' });
  });

  it('is partly deleted, says where it still is and why, and is finished later with one event', async () => {
    const { sid, prefix, archive } = await given('refused');
    await archive();
    test.now = at(1 + DAY);
    await sweep({ apiUrl: NOBODY });
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({
      state: 'deleting',
      deletion: {
        status: 'partial',
        attempts: 1,
        nextAttemptAt: new Date(test.now.getTime() + 10_000).toISOString(),
        objects: { confirmedAt: test.now.toISOString() },
        twilio: { failure: expect.stringContaining(NOBODY) },
      },
    });
    expect(await test.published()).toEqual([]);

    test.now = at(2 + DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { attempts: 2, objects: { deleted: 2 } } });
    expect(await test.published()).toHaveLength(1);
  });

  it('is deleted again when its media is stored after all', async () => {
    const { sid, prefix, archive } = await given('refused');
    test.now = at(1 + DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted' });
    test.now = at(2 + DAY);
    await archive();
    expect(await find(sid)).toMatchObject({ state: 'deleting', deletion: { status: 'planned', cause: 'refusal' } });
    test.now = at(3 + DAY);
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({
      state: 'deleted',
      deletion: { number: 2, twilio: { outcome: 'already-gone' }, objects: { deleted: 2 } },
    });
  });

  // RECORDINGS_BUCKET was changed: the folder was looked up in the new bucket, where there was nothing, and the calls in the old
  // one were told to be deleted.
  it('is not deleted while its archive is in another store than the one that is open', async () => {
    const { sid, callSid, prefix } = await given('refused');
    await test.take(archived(sid, callSid, prefix, { store: 's3://the-bucket-before/calls' }));
    test.now = at(1 + DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { status: 'partial', objects: { failure: expect.stringContaining('s3://the-bucket-before/calls') } },
    });
    expect(await toldOf(sid)).toEqual([]);
  });

  // One recording that could not be written rolled back the 49 others of its batch, at each sweep again: nothing was deleted any more.
  it('goes although another one cannot be changed, which is tried again later', async () => {
    const [poisoned, healthy] = [await given('refused'), await given('refused')];
    await test.pool.query(
      `create function poison() returns trigger language plpgsql as $$ begin raise 'poisoned'; end $$;
       create trigger poison before insert on ledger.deletions for each row
       when (new.recording_sid = '${poisoned.sid}') execute function poison()`,
    );
    test.now = at(1 + DAY);
    expect(await sweep()).toEqual([poisoned.sid]);
    expect(await find(healthy.sid)).toMatchObject({ state: 'deleted' });
    expect(await find(poisoned.sid)).toMatchObject({ state: 'refused', deletion: { status: 'planned' } });
    expect(await sweep()).toEqual([]);

    test.now = at(11 + DAY);
    expect(await sweep()).toEqual([poisoned.sid]);
    await test.pool.query('drop trigger poison on ledger.deletions; drop function poison');
    test.now = at(21 + DAY);
    expect(await sweep()).toEqual([]);
    expect(await find(poisoned.sid)).toMatchObject({ state: 'deleted' });
  });

  // A Retry-After that no calendar reaches made a moment that Postgres refused: no attempt was written down any more.
  it.each([
    ['120', 120_000],
    ['99999999999999999', DAY * 60_000],
    ['-5', 10_000],
  ])('is tried again at Twilio after a day at most when that answers Retry-After: %s', async (header, waitMs) => {
    const { sid } = await given('refused');
    const busy = createServer((_, response) => response.writeHead(429, { 'retry-after': header }).end()).listen(0);
    await once(busy, 'listening');
    test.now = at(1 + DAY);
    await sweep({ apiUrl: `http://127.0.0.1:${(busy.address() as AddressInfo).port}` });
    busy.close();
    expect(await find(sid)).toMatchObject({
      deletion: { attempts: 1, nextAttemptAt: new Date(test.now.getTime() + waitMs).toISOString() },
    });
    test.now = at(1 + 3 * DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted' });
  });

  // The database was restarted between deleting and writing down: the next attempt found nothing, and the audit said that nothing
  // had been deleted and that Twilio had had no copy.
  it('is told with all that was deleted also when that could not be written down at first', async () => {
    const { sid, prefix, archive } = await given('refused');
    await archive();
    const restarted = await refuseToWrite(sid, 'new.attempts > 0');
    test.now = at(1 + DAY);
    await expect(sweep()).rejects.toThrow('the database restarts');
    expect(await objectsUnder(prefix)).toBe(0);
    expect(statusAtTwilio(sid)).toBe('deleted');
    await restarted();
    test.now = at(2 + DAY);
    await sweep();
    expect(await toldOf(sid)).toMatchObject([
      {
        data: {
          source: { outcome: 'deleted', metadataUntil: expect.any(String) },
          objects: [{ key: `${prefix}manifest.json` }, { key: `${prefix}media.wav` }],
        },
      },
    ]);
  });

  it('is left alone while what is there cannot be written down', async () => {
    const { sid, prefix, archive } = await given('refused');
    await archive();
    const back = await refuseToWrite(
      sid,
      `(new.objects_found <> '[]' or new.source_seen_at is not null) and new.attempts = 0`,
    );
    test.now = at(1 + DAY);
    await sweep();
    await back();
    expect(await objectsUnder(prefix)).toBe(2);
    expect(statusAtTwilio(sid)).toBe('completed');
    expect(await find(sid)).toMatchObject({
      deletion: { status: 'failing', twilio: { failure: expect.stringContaining('the database restarts') } },
    });
  });

  // A replica that had been frozen for longer than its lease was overtaken by another, which found nothing left and told that; what
  // the first one had deleted was thrown away with its list.
  it('is told with all that was deleted when one worker overtakes another', async () => {
    const { sid, archive } = await given('refused');
    await archive();
    const [frozen, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const freezing: ObjectStore = {
      ...store,
      deleteAllVersions: async (...args) => {
        const report = await store.deleteAllVersions(...args);
        frozen.resolve();
        await thawed.promise;
        return report;
      },
    };
    test.now = at(1 + DAY);
    const overtaken = sweep({ objects: freezing });
    await frozen.promise;
    test.now = at(3 + DAY);
    await sweep();
    thawed.resolve();
    await overtaken;
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1, objects: { deleted: 2 } } });
    expect(await toldOf(sid)).toMatchObject([{ data: { source: { outcome: 'deleted' }, objects: [{}, {}] } }]);
  });

  it('stays with a worker that is at it for longer than its lease', async () => {
    const { sid, archive } = await given('refused');
    await archive();
    const [begun, stalled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stalling: ObjectStore = {
      ...store,
      deleteAllVersions: async (...args) => {
        begun.resolve();
        await stalled.promise;
        return store.deleteAllVersions(...args);
      },
    };
    test.now = at(1 + DAY);
    const limits = { batch: 50, deletionsAtOnce: 4, leaseMs: 60 };
    const attempt = sweep({ objects: stalling, limits });
    await begun.promise;
    test.now = at(2 + DAY);
    await vi.waitFor(async () => {
      const { rows } = await test.pool.query('select next_attempt_at from ledger.deletions where recording_sid = $1', [
        sid,
      ]);
      expect(rows[0].next_attempt_at > test.now).toBe(true);
    }, 10_000);
    const due = await test.ledger.takeDueDeletions(test.now, 60_000, 100);
    expect(due.map(({ recordingSid }) => recordingSid)).not.toContain(sid);
    stalled.resolve();
    await attempt;
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { attempts: 1 } });
  });

  it('is done at its own account’s Twilio with its own token, and waits, told of, while that account is not configured', async () => {
    const [sid, callSid, accountSid] = [newSid('RE'), newSid('CA'), newSid('AC')];
    const dataDir = join(folder, 'another-twilio');
    await recordAtTwilio(await openAccountState(dataDir), sid, accountSid);
    const authToken = 'another-token';
    await using another = new AsyncDisposableStack();
    const { url, stop } = await startSimulator({ accountSid, authToken, publicBaseUrl: NOBODY, dataDir });
    another.defer(stop);
    test.now = at(1);
    await test.take(consentOf({ callSid }, 'refused', { accountSid }));
    await test.take(recordingCompleted(sid, { callSid }, { accountSid }));
    const planned = { state: 'refused', deletion: { status: 'planned' } };
    const left: string[] = [];
    test.now = at(2 + DAY);
    await sweep({ left });
    expect(left).toEqual([accountSid]);
    expect(await test.reader.find(accountSid, sid)).toMatchObject({
      ...planned,
      reason: expect.stringContaining(
        `account ${accountSid} is not configured: add it with its credentials to ACCOUNTS_FILE`,
      ),
    });
    // Of both places, an account's own is asked, and with a token of another nothing is deleted there.
    await sweep({ others: [accountAt(url, accountSid)] });
    expect(await test.reader.find(accountSid, sid)).toMatchObject({
      state: 'deleting',
      deletion: { twilio: { failure: expect.stringContaining('credentials') } },
    });
    test.now = at(3 + DAY);
    await sweep({ others: [accountAt(url, accountSid, authToken)], left });
    expect(left).toEqual([accountSid]);
    expect(await test.reader.find(accountSid, sid)).toMatchObject({
      state: 'deleted',
      deletion: { twilio: { outcome: 'deleted' } },
    });
  });

  it('is finished by another worker when the one that began it has died', async () => {
    const { sid } = await given('refused');
    test.now = at(1 + DAY);
    await sweep({ apiUrl: NOBODY });
    test.now = at(2 + DAY);
    expect(await test.ledger.takeDueDeletions(test.now, 60_000, 10)).toHaveLength(1);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleting' });
    test.now = at(3 + DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('is deleted by one of several workers that sweep at the same time', async () => {
    const several = await Promise.all(Array.from({ length: 30 }, () => given('refused')));
    await test.published();
    test.now = at(1 + DAY);
    await Promise.all([sweep(), sweep(), sweep()]);
    const published = await test.published();
    expect(published.map((event) => event.subject).toSorted()).toEqual(several.map(({ sid }) => sid).toSorted());
    for (const { sid } of several)
      expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { attempts: 1 } });
  });
});

describe('a recording that is deleted', () => {
  const deleted = async () => {
    const given_ = await given('granted');
    await given_.archive();
    test.now = at(1 + 30 * DAY);
    await sweep();
    expect(await toldOf(given_.sid)).toMatchObject([{ type: 'onrecord.recording.deleted.v1' }]);
    return given_;
  };

  // A transcriber that had been asleep archived the recording again: the event had the id of the first one and was passed over,
  // and a refused call's audio stayed in the bucket for good. So did what a transcription left that was given up.
  it.each([
    ['is archived again', archivedHere],
    ['could not be archived', archiveFailed],
    ['is transcribed', transcribed],
    ['could not be transcribed', transcriptionFailed],
  ])('is deleted again when it is reported that it %s, and that is told when something was there', async (_, event) => {
    const { sid, callSid, prefix, put } = await deleted();
    await put('media.wav');
    test.now = at(2 + 30 * DAY);
    await test.take(event(sid, callSid, prefix));
    expect(await find(sid)).toMatchObject({ state: 'deleting' });
    test.now = at(3 + 30 * DAY);
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 2 } });
    expect(await toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } }]);

    test.now = at(4 + 30 * DAY);
    await test.take(event(sid, callSid, prefix));
    test.now = at(5 + 30 * DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 3, objects: { deleted: 0 } } });
    expect(await toldOf(sid)).toEqual([]);
  });

  // A relay that was ended in the middle had written the media and never said so.
  it('is looked for once more after a day, and goes again when something was written without a word', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    test.now = at(31 * DAY);
    await sweep();
    expect(await objectsUnder(prefix)).toBe(1);
    test.now = at(1 + 31 * DAY);
    await sweep();
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 2, objects: { deleted: 1 } } });
    expect(await toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } }]);
  });

  // The worker was killed after it had deleted what turned up late: the next look found nothing, and nobody was ever told.
  it('leaves evidence of what turned up late also when the worker is ended before it says so', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    const restarted = await refuseToWrite(sid, "new.deletion = 2 and (new.attempts > 0 or new.objects_found = '[]')");
    test.now = at(1 + 31 * DAY);
    await sweep().catch(() => undefined);
    await sweep().catch(() => undefined);
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await toldOf(sid)).toEqual([]);
    await restarted();
    test.now = at(3 + 31 * DAY);
    await sweep();
    expect(await toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } }]);
  });

  it('keeps what turned up late until it can be written down', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    const back = await refuseToWrite(sid, 'new.deletion = 2');
    test.now = at(1 + 31 * DAY);
    await expect(sweep()).rejects.toThrow('the database restarts');
    expect(await objectsUnder(prefix)).toBe(1);
    await back();
    test.now = at(3 + 31 * DAY);
    await sweep();
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{}] } }]);
  });

  // A relay was ended in the middle and left half of the audio: the second look removed it and held the folder for clean.
  it('is told of again when half a recording turns up', async () => {
    const { sid, prefix } = await deleted();
    const half = join(folder, 'objects/.partial', prefix, 'media.wav');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'half'), 'RIFF');
    test.now = at(1 + 31 * DAY);
    await sweep();
    await sweep();
    await expect(stat(half)).rejects.toThrow('ENOENT');
    expect(await toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } }]);
  });

  // With the recording's objects went what told a clearance in a retry topic that it was withdrawn, while Twilio still had its copy.
  it('leaves what says that its clearances are withdrawn until then', async () => {
    const { sid } = await deleted();
    const note = withdrawalKey({ accountSid: ACCOUNT, recordingSid: sid }, 1);
    await store.put(note, Buffer.from('{}'), { contentType: 'application/json' });
    await sweep();
    expect(await objectsUnder(note)).toBe(1);
    test.now = at(1 + 31 * DAY);
    await sweep();
    expect(await objectsUnder(note)).toBe(0);
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1 } });
    expect(await toldOf(sid)).toEqual([]);
  });

  it('is looked for once and never again where nothing turns up, and nothing is told of it', async () => {
    const { sid } = await deleted();
    test.now = at(1 + 31 * DAY);
    await sweep();
    test.now = at(90 * DAY);
    const due = await test.ledger.takeDueDeletions(test.now, 60_000, 100);
    expect(due.map(({ recordingSid }) => recordingSid)).not.toContain(sid);
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1, attempts: 1 } });
    expect(await toldOf(sid)).toEqual([]);
  });

  it('counts as being deleted while it cannot be looked for, and says why', async () => {
    const { sid } = await deleted();
    test.now = at(1 + 31 * DAY);
    const away = { ...store, deleteAllVersions: () => Promise.reject(new Error('the bucket is away')) };
    await sweep({ objects: away });
    await sweep({ objects: away });
    expect(await find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { number: 2, status: 'partial', objects: { failure: 'the bucket is away' } },
    });
    test.now = at(1 + 32 * DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'deleted' });
    expect(await toldOf(sid)).toEqual([]);
  });
});

describe('a recording that nobody refused', () => {
  it('goes when its retention is over', async () => {
    const { sid, prefix, archive } = await given('granted');
    await archive();
    test.now = at(30 * DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({ state: 'archived' });
    test.now = at(1 + 30 * DAY);
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  // Somebody who had promised to keep calls for a week set RETENTION_PERIOD=7d, and what was there already stayed for a month.
  it.each([7, 60])('goes after %s days when that is the retention since the last start', async (days) => {
    const { sid, archive } = await given('granted');
    await archive();
    await sweep({ period: days * DAY });
    expect(await find(sid)).toMatchObject({ deleteAfter: at(1 + days * DAY).toISOString() });
    test.now = new Date(at(1 + days * DAY).getTime() - 1);
    await sweep({ period: days * DAY });
    expect(statusAtTwilio(sid)).toBe('completed');
    test.now = at(1 + days * DAY);
    await sweep({ period: days * DAY });
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  it('keeps the date that an operator gave it, whatever the retention becomes', async () => {
    const { sid, archive } = await given('granted');
    await archive();
    await setRetention(test.ledger, { accountSid: ACCOUNT, recordingSid: sid }, at(99 * DAY), policy);
    await sweep({ period: 1 });
    expect(await find(sid)).toMatchObject({ deleteAfter: at(99 * DAY).toISOString() });
  });

  // A cleared call whose archive was given up stayed at Twilio, and half written in the bucket, for ever: its month never began.
  it('goes when its retention is over although it was never reported archived', async () => {
    const { sid, callSid, prefix, put } = await given('granted');
    await put('media.wav');
    await test.take(archiveFailed(sid, callSid));
    test.now = at(30 * DAY);
    await sweep();
    expect(await find(sid)).toMatchObject({
      state: 'archive-failed',
      deletion: { status: 'planned', cause: 'schedule', deleteAfter: at(1 + 30 * DAY).toISOString() },
    });
    test.now = at(1 + 30 * DAY);
    await sweep();
    expect(await objectsUnder(prefix)).toBe(0);
    expect(statusAtTwilio(sid)).toBe('deleted');
    expect(await find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  it('is withheld while consent is unknown, and never deleted for that', async () => {
    const { sid } = await given(undefined);
    test.now = at(400 * DAY);
    await sweep();
    expect(statusAtTwilio(sid)).toBe('completed');
    expect(await find(sid)).toMatchObject({ state: 'withheld', deletion: undefined });
  });
});
