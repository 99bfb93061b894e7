import type { RecordingEntry } from '@onrecord/retention/domain/custody';
import { writeDeletion } from '@onrecord/retention/ledger/deletions';
import { DEFAULT_LIMITS } from '@onrecord/retention/sweeps';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { inTransaction } from '@onrecord/shared/postgres/pool';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { ACCOUNT, at } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

describe('a refused recording, when workers and the database fail,', () => {
  // One recording that could not be written rolled back the 49 others of its batch, at each sweep again: nothing was deleted any more.
  it('goes although another one cannot be changed, which is tried again later', async () => {
    const [poisoned, healthy] = [await site.given('refused'), await site.given('refused')];
    const back = await site.refuseToWrite(poisoned.sid, 'true');
    site.test.now = at(1 + DAY);
    expect(await site.sweep()).toEqual([poisoned.sid]);
    expect(await site.find(healthy.sid)).toMatchObject({ state: 'deleted' });
    expect(await site.find(poisoned.sid)).toMatchObject({ state: 'refused', deletion: { status: 'planned' } });
    expect(await site.sweep()).toEqual([]);

    site.test.now = at(11 + DAY);
    expect(await site.sweep()).toEqual([poisoned.sid]);
    await back();
    site.test.now = at(21 + DAY);
    expect(await site.sweep()).toEqual([]);
    expect(await site.find(poisoned.sid)).toMatchObject({ state: 'deleted' });
  });

  // The database was restarted between deleting and writing down: the next attempt found nothing, and the audit said that nothing
  // had been deleted and that Twilio had had no copy.
  it('is told with all that was deleted also when that could not be written down at first', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const restarted = await site.refuseToWrite(sid, 'new.attempts > 0');
    site.test.now = at(1 + DAY);
    await expect(site.sweep()).rejects.toThrow('the database restarts');
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    await restarted();
    site.test.now = at(2 + DAY);
    await site.sweep();
    expect(await site.toldOf(sid)).toMatchObject([
      {
        data: {
          source: { outcome: 'deleted', metadataUntil: expect.any(String) },
          objects: [{ key: `${prefix}manifest.json` }, { key: `${prefix}media.wav` }],
        },
      },
    ]);
  });

  it('is left alone while what is there cannot be written down', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const back = await site.refuseToWrite(
      sid,
      `(new.objects_found <> '[]' or new.source_seen_at is not null) and new.attempts = 0`,
    );
    site.test.now = at(1 + DAY);
    await site.sweep();
    await back();
    expect(await site.objectsUnder(prefix)).toBe(2);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect(await site.find(sid)).toMatchObject({
      deletion: { status: 'failing', twilio: { failure: expect.stringContaining('the database restarts') } },
    });
  });

  // A replica that had been frozen for longer than its lease was overtaken by another, which found nothing left and told that; what
  // the first one had deleted was thrown away with its list.
  it('is told with all that was deleted when one worker overtakes another', async () => {
    const { sid, archive } = await site.given('refused');
    await archive();
    const [frozen, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const freezing: ObjectStore = {
      ...site.store,
      deleteAllVersions: async (...args) => {
        const report = await site.store.deleteAllVersions(...args);
        frozen.resolve();
        await thawed.promise;
        return report;
      },
    };
    site.test.now = at(1 + DAY);
    const overtaken = site.sweep({ objects: freezing });
    await frozen.promise;
    site.test.now = at(3 + DAY);
    await site.sweep();
    thawed.resolve();
    await overtaken;
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1, objects: { deleted: 2 } } });
    expect(await site.toldOf(sid)).toMatchObject([{ data: { source: { outcome: 'deleted' }, objects: [{}, {}] } }]);
  });

  it('stays with a worker that is at it for longer than its lease', async () => {
    const { sid, archive } = await site.given('refused');
    await archive();
    const [begun, stalled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stalling: ObjectStore = {
      ...site.store,
      deleteAllVersions: async (...args) => {
        begun.resolve();
        await stalled.promise;
        return site.store.deleteAllVersions(...args);
      },
    };
    site.test.now = at(1 + DAY);
    // Renewals come when the test says so, however busy the machine is.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const attempt = site.sweep({ objects: stalling });
    await begun.promise;
    // Longer than the lease.
    site.test.now = at(2 + DAY);
    vi.advanceTimersByTime(DEFAULT_LIMITS.leaseMs / 2);
    await vi.waitFor(async () => {
      const { rows } = await site.test.pool.query(
        'select next_attempt_at from ledger.deletions where recording_sid = $1',
        [sid],
      );
      expect(rows[0].next_attempt_at > site.test.now).toBe(true);
    });
    const due = await site.test.ledger.takeDueDeletions(site.test.now, 60_000, 100);
    expect(due.map(({ recordingSid }) => recordingSid)).not.toContain(sid);
    stalled.resolve();
    await attempt;
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { attempts: 1 } });
  });

  // What was noted was written with the end of the lease as it had been read: beside a renewal the worker lost its deletion to another.
  it('keeps a lease that was renewed while something of it was noted', async () => {
    const { sid } = await site.given('refused');
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    const read: RecordingEntry[] = [];
    await site.test.ledger.change({ accountSid: ACCOUNT, recordingSid: sid }, (entry) => void read.push(entry));
    const [{ deletion, facts } = {}] = read;
    if (deletion === undefined || facts === undefined) throw new Error('nothing was begun');
    await inTransaction(site.test.pool, async (client) => {
      await client.query('update ledger.deletions set next_attempt_at = $2 where recording_sid = $1', [
        sid,
        at(9 + DAY),
      ]);
      await writeDeletion(client, facts.recording, { ...deletion, attempts: 7 }, deletion);
    });
    const { rows } = await site.test.pool.query('select * from ledger.deletions where recording_sid = $1', [sid]);
    expect(rows).toMatchObject([{ attempts: 7, next_attempt_at: at(9 + DAY) }]);
    site.test.now = at(10 + DAY);
    await site.sweep();
  });

  it('is finished by another worker when the one that began it has died', async () => {
    const { sid } = await site.given('refused');
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    site.test.now = at(2 + DAY);
    expect(await site.test.ledger.takeDueDeletions(site.test.now, 60_000, 10)).toHaveLength(1);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleting' });
    site.test.now = at(3 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('is deleted by one of several workers that sweep at the same time', async () => {
    const several = await Promise.all(Array.from({ length: 30 }, () => site.given('refused')));
    await site.test.published();
    site.test.now = at(1 + DAY);
    await Promise.all([site.sweep(), site.sweep(), site.sweep()]);
    const published = await site.test.published();
    expect(published.map((event) => event.subject).toSorted()).toEqual(several.map(({ sid }) => sid).toSorted());
    for (const { sid } of several)
      expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { attempts: 1 } });
  });
});

describe('what is due by a clock that is wrong', () => {
  it('does not begin to be deleted while it differs from the database’s, and begins when it agrees', async () => {
    const { sid, archive } = await site.given('granted');
    await archive();
    site.test.now = at(2 + 30 * DAY);
    await site.sweep({ clocksAgree: async () => false });
    expect(await site.find(sid)).toMatchObject({ state: 'archived' });
    expect(site.statusAtTwilio(sid)).toBe('completed');
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('does not come sooner or later for a change to summer time, in whatever zone the process is', async () => {
    const { sid, archive } = await site.given('granted');
    vi.stubEnv('TZ', 'America/New_York');
    expect(new Date('2026-03-09T00:00:00Z').getTimezoneOffset()).toBe(240);
    // New York goes to summer time on 8 March 2026, within the period.
    await archive();
    site.test.now = new Date(at(1 + 14 * DAY).getTime() - 1);
    await site.sweep({ period: 14 * DAY });
    expect(await site.find(sid)).toMatchObject({ state: 'archived' });
    site.test.now = at(1 + 14 * DAY);
    await site.sweep({ period: 14 * DAY });
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
    vi.unstubAllEnvs();
  });

  it('set back, waits, and takes nothing twice', async () => {
    const { sid, prefix, archive } = await site.given('granted');
    await archive();
    site.test.now = at(2 + 30 * DAY);
    await site.sweep({ apiUrl: NOBODY });
    site.test.now = at(2);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleting', deletion: { attempts: 1 } });
    site.test.now = at(3 + 30 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1 } });
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.toldOf(sid)).toHaveLength(1);
  });
});
