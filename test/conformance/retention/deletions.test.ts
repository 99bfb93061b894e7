import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { RETENTION } from '@onrecord/retention/domain/actor';
import { setRetention } from '@onrecord/retention/set-retention';
import { withdrawalKey } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { startSimulator } from '@onrecord/simulator/simulator';
import { openAccountState } from '@onrecord/simulator/twilio/account-state';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accountAt, DAY, Deletions, NOBODY, recordAtTwilio } from './deletions.ts';
import { ACCOUNT, archived, archiveFailed, at, consentOf, newSid, recordingCompleted } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

describe('a refused recording', () => {
  it('goes at Twilio and in the store once its delay is over, and not a moment before', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    site.test.now = new Date(at(1 + DAY).getTime() - 1);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'refused' });
    expect(site.statusAtTwilio(sid)).toBe('completed');

    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({
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
    expect(await site.test.published()).toMatchObject([
      {
        type: 'onrecord.recording.deleted.v1',
        data: { recordingSid: sid, cause: 'refusal', source: { outcome: 'deleted' }, objects: [{}, {}] },
      },
    ]);
  });

  it('stays when the party agrees within the delay', async () => {
    const { sid, callSid } = await site.given('refused');
    site.test.now = at(100);
    await site.test.take(consentOf({ callSid }, 'granted', { recordedAt: at(99).toISOString() }));
    site.test.now = at(2 * DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect(await site.find(sid)).toMatchObject({ state: 'cleared' });
  });

  it('is partly deleted, says where it still is and why, and is finished later with one event', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: {
        status: 'partial',
        attempts: 1,
        nextAttemptAt: new Date(site.test.now.getTime() + 10_000).toISOString(),
        objects: { confirmedAt: site.test.now.toISOString() },
        twilio: { failure: expect.stringContaining(NOBODY) },
      },
    });
    expect(await site.test.published()).toEqual([]);

    site.test.now = at(2 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({
      state: 'deleted',
      deletion: { attempts: 2, objects: { deleted: 2 } },
    });
    expect(await site.test.published()).toHaveLength(1);
  });

  it('is deleted again when its media is stored after all', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
    site.test.now = at(2 + DAY);
    await archive();
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { status: 'planned', cause: 'refusal' },
    });
    site.test.now = at(3 + DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({
      state: 'deleted',
      deletion: { number: 2, twilio: { outcome: 'already-gone' }, objects: { deleted: 2 } },
    });
  });

  // RECORDINGS_BUCKET was changed: the folder was looked up in the new bucket, where there was nothing, and the calls in the old
  // one were told to be deleted.
  it('is not deleted while its archive is in another store than the one that is open', async () => {
    const { sid, callSid, prefix } = await site.given('refused');
    await site.test.take(archived(sid, callSid, prefix, { store: 's3://the-bucket-before/calls' }));
    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { status: 'partial', objects: { failure: expect.stringContaining('s3://the-bucket-before/calls') } },
    });
    expect(await site.toldOf(sid)).toEqual([]);
  });

  // A Retry-After that no calendar reaches made a moment that Postgres refused: no attempt was written down any more.
  it.each([
    ['120', 120_000],
    ['99999999999999999', DAY * 60_000],
    ['-5', 10_000],
  ])('is tried again at Twilio after a day at most when that answers Retry-After: %s', async (header, waitMs) => {
    const { sid } = await site.given('refused');
    const busy = createServer((_, response) => response.writeHead(429, { 'retry-after': header }).end()).listen(0);
    await once(busy, 'listening');
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: `http://127.0.0.1:${(busy.address() as AddressInfo).port}` });
    busy.close();
    expect(await site.find(sid)).toMatchObject({
      deletion: { attempts: 1, nextAttemptAt: new Date(site.test.now.getTime() + waitMs).toISOString() },
    });
    site.test.now = at(1 + 3 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('is done at its own account’s Twilio with its own token, and waits, told of, while that account is not configured', async () => {
    const [sid, callSid, accountSid] = [newSid('RE'), newSid('CA'), newSid('AC')];
    const dataDir = join(site.folder, 'another-twilio');
    await recordAtTwilio(await openAccountState(dataDir), sid, accountSid);
    const authToken = 'another-token';
    await using another = new AsyncDisposableStack();
    const { url, stop } = await startSimulator({ accountSid, authToken, publicBaseUrl: NOBODY, dataDir });
    another.defer(stop);
    site.test.now = at(1);
    await site.test.take(consentOf({ callSid }, 'refused', { accountSid }));
    await site.test.take(recordingCompleted(sid, { callSid }, { accountSid }));
    const planned = { state: 'refused', deletion: { status: 'planned' } };
    const left: string[] = [];
    site.test.now = at(2 + DAY);
    await site.sweep({ left });
    expect(left).toEqual([accountSid]);
    expect(await site.test.reader.find(accountSid, sid)).toMatchObject({
      ...planned,
      reason: expect.stringContaining(
        `account ${accountSid} is not configured: add it with its credentials to ACCOUNTS_FILE`,
      ),
    });
    // Of both places, an account's own is asked, and with a token of another nothing is deleted there.
    await site.sweep({ others: [accountAt(url, accountSid)] });
    expect(await site.test.reader.find(accountSid, sid)).toMatchObject({
      state: 'deleting',
      deletion: { twilio: { failure: expect.stringContaining('credentials') } },
    });
    site.test.now = at(3 + DAY);
    await site.sweep({ others: [accountAt(url, accountSid, authToken)], left });
    expect(left).toEqual([accountSid]);
    expect(await site.test.reader.find(accountSid, sid)).toMatchObject({
      state: 'deleted',
      deletion: { twilio: { outcome: 'deleted' } },
    });
  });
});

describe('a recording that nobody refused', () => {
  it('goes when its retention is over', async () => {
    const { sid, prefix, archive } = await site.given('granted');
    await archive();
    site.test.now = at(30 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'archived' });
    site.test.now = at(1 + 30 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  // Somebody who had promised to keep calls for a week set RETENTION_PERIOD=7d, and what was there already stayed for a month.
  it.each([7, 60])('goes after %s days when that is the retention since the last start', async (days) => {
    const { sid, archive } = await site.given('granted');
    await archive();
    await site.sweep({ period: days * DAY });
    expect(await site.find(sid)).toMatchObject({ deleteAfter: at(1 + days * DAY).toISOString() });
    site.test.now = new Date(at(1 + days * DAY).getTime() - 1);
    await site.sweep({ period: days * DAY });
    expect(site.statusAtTwilio(sid)).toBe('completed');
    site.test.now = at(1 + days * DAY);
    await site.sweep({ period: days * DAY });
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  it('keeps the date that an operator gave it, whatever the retention becomes', async () => {
    const { sid, archive } = await site.given('granted');
    await archive();
    await setRetention(site.test.ledger, { accountSid: ACCOUNT, recordingSid: sid }, at(99 * DAY), RETENTION);
    await site.sweep({ period: 1 });
    expect(await site.find(sid)).toMatchObject({ deleteAfter: at(99 * DAY).toISOString() });
  });

  // A cleared call whose archive was given up stayed at Twilio, and half written in the bucket, for ever: its month never began.
  it('goes when its retention is over although it was never reported archived', async () => {
    const { sid, callSid, prefix, put } = await site.given('granted');
    await put('media.wav');
    await site.test.take(archiveFailed(sid, callSid));
    site.test.now = at(30 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({
      state: 'archive-failed',
      deletion: { status: 'planned', cause: 'schedule', deleteAfter: at(1 + 30 * DAY).toISOString() },
    });
    site.test.now = at(1 + 30 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'schedule' } });
  });

  // A transcription that waited for its provider found its archive gone, and reported the recording as one that was deleted at Twilio
  // before it could be read.
  it('has its clearance taken back before anything goes', async () => {
    const { sid, archive } = await site.given('granted');
    await archive();
    const note = withdrawalKey({ accountSid: ACCOUNT, recordingSid: sid }, 1);
    const seen: unknown[] = [];
    const objects: ObjectStore = {
      ...site.store,
      deleteAllVersions: async (...args) => {
        seen.push(await site.store.head(note));
        return site.store.deleteAllVersions(...args);
      },
    };
    await setRetention(site.test.ledger, { accountSid: ACCOUNT, recordingSid: sid }, at(2), RETENTION);
    site.test.now = at(2);
    await site.sweep({ objects });
    expect(seen[0]).toMatchObject({ bytes: expect.any(Number) });
    const [told] = await site.toldOf(sid);
    expect(JSON.parse(await text((await site.store.get(note)).body))).toMatchObject({
      clearance: 1,
      withdrawnBy: told?.id,
    });
  });

  // Its own deletion filed what stood, which was the refusal: the transcription in flight was stopped by the relay alone.
  it('has the clearance taken back that a refusal ended, also where the event log was away all through the delay', async () => {
    const { sid, callSid, archive } = await site.given('granted');
    await archive();
    await site.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(1).toISOString() }));
    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'withdrawal' } });
    const note = withdrawalKey({ accountSid: ACCOUNT, recordingSid: sid }, 1);
    expect(JSON.parse(await text((await site.store.get(note)).body))).toMatchObject({ clearance: 1 });
  });

  it('goes also where that cannot be written, and counts as deleted when it is', async () => {
    const { sid, prefix, archive } = await site.given('granted');
    await archive();
    await setRetention(site.test.ledger, { accountSid: ACCOUNT, recordingSid: sid }, at(2), RETENTION);
    site.test.now = at(2);
    await site.sweep({ objects: { ...site.store, put: () => Promise.reject(new Error('the disk is full')) } });
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { status: 'partial', objects: { failure: expect.stringContaining('the disk is full') } },
    });
    site.test.now = at(3);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { objects: { deleted: 2 } } });
  });

  it('is withheld while consent is unknown, and never deleted for that', async () => {
    const { sid } = await site.given(undefined);
    site.test.now = at(400 * DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect(await site.find(sid)).toMatchObject({ state: 'withheld', deletion: undefined });
  });
});
