import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withdrawalKey } from '@onrecord/shared/events';
import { startSimulator } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { ACCOUNT, type archived, archiveFailed, at, transcribed, transcriptionFailed } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

describe('a recording that is deleted', () => {
  const deleted = async () => {
    const given_ = await site.given('granted');
    await given_.archive();
    site.test.now = at(1 + 30 * DAY);
    await site.sweep();
    expect(await site.toldOf(given_.sid)).toMatchObject([{ type: 'onrecord.recording.deleted.v1' }]);
    return given_;
  };

  // A transcriber that had been asleep archived the recording again: the event had the id of the first one and was passed over,
  // and a refused call's audio stayed in the bucket for good. So did what a transcription left that was given up.
  it.each([
    ['is archived again', (...fact: Parameters<typeof archived>) => site.archivedHere(...fact)],
    ['could not be archived', archiveFailed],
    ['is transcribed', transcribed],
    ['could not be transcribed', transcriptionFailed],
  ])('is deleted again when it is reported that it %s, and that is told when something was there', async (_, event) => {
    const { sid, callSid, prefix, put } = await deleted();
    await put('media.wav');
    site.test.now = at(2 + 30 * DAY);
    await site.test.take(event(sid, callSid, prefix));
    expect(await site.find(sid)).toMatchObject({ state: 'deleting' });
    site.test.now = at(3 + 30 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 2 } });
    expect(await site.toldOf(sid)).toMatchObject([
      { data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } },
    ]);

    site.test.now = at(4 + 30 * DAY);
    await site.test.take(event(sid, callSid, prefix));
    site.test.now = at(5 + 30 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 3, objects: { deleted: 0 } } });
    expect(await site.toldOf(sid)).toEqual([]);
  });

  // A relay that was ended in the middle had written the media and never said so.
  it('is looked for once more after a day, and goes again when something was written without a word', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    site.test.now = at(31 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(1);
    site.test.now = at(1 + 31 * DAY);
    await site.sweep();
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 2, objects: { deleted: 1 } } });
    expect(await site.toldOf(sid)).toMatchObject([
      { data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } },
    ]);
  });

  // The worker was killed after it had deleted what turned up late: the next look found nothing, and nobody was ever told.
  it('leaves evidence of what turned up late also when the worker is ended before it says so', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    const restarted = await site.refuseToWrite(
      sid,
      "new.deletion = 2 and (new.attempts > 0 or new.objects_found = '[]')",
    );
    site.test.now = at(1 + 31 * DAY);
    await site.sweep().catch(() => undefined);
    await site.sweep().catch(() => undefined);
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.toldOf(sid)).toEqual([]);
    await restarted();
    site.test.now = at(3 + 31 * DAY);
    await site.sweep();
    expect(await site.toldOf(sid)).toMatchObject([
      { data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } },
    ]);
  });

  it('keeps what turned up late until it can be written down', async () => {
    const { sid, prefix, put } = await deleted();
    await put('media.wav');
    const back = await site.refuseToWrite(sid, 'new.deletion = 2');
    site.test.now = at(1 + 31 * DAY);
    await expect(site.sweep()).rejects.toThrow('the database restarts');
    expect(await site.objectsUnder(prefix)).toBe(1);
    await back();
    site.test.now = at(3 + 31 * DAY);
    await site.sweep();
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.toldOf(sid)).toMatchObject([{ data: { deletionId: '2', objects: [{}] } }]);
  });

  // A relay was ended in the middle and left half of the audio: the second look removed it and held the folder for clean.
  it('is told of again when half a recording turns up', async () => {
    const { sid, prefix } = await deleted();
    const half = join(site.folder, 'objects/.partial', prefix, 'media.wav');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'half'), 'RIFF');
    site.test.now = at(1 + 31 * DAY);
    await site.sweep();
    await site.sweep();
    await expect(stat(half)).rejects.toThrow('ENOENT');
    expect(await site.toldOf(sid)).toMatchObject([
      { data: { deletionId: '2', objects: [{ key: `${prefix}media.wav` }] } },
    ]);
  });

  // With the recording's objects went what told a clearance in a retry topic that it was withdrawn, while Twilio still had its copy.
  it('leaves what says that its clearance holds no more until then', async () => {
    const { sid } = await deleted();
    const note = withdrawalKey({ accountSid: ACCOUNT, recordingSid: sid }, 1);
    await site.sweep();
    expect(await site.objectsUnder(note)).toBe(1);
    site.test.now = at(1 + 31 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(note)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1 } });
    expect(await site.toldOf(sid)).toEqual([]);
  });

  it('is looked for once and never again where nothing turns up, and nothing is told of it', async () => {
    const { sid } = await deleted();
    site.test.now = at(1 + 31 * DAY);
    await site.sweep();
    site.test.now = at(69 * DAY);
    const due = await site.test.ledger.takeDueDeletions(site.test.now, 60_000, 100);
    expect(due.map(({ recordingSid }) => recordingSid)).not.toContain(sid);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1, attempts: 1 } });
    expect(await site.toldOf(sid)).toEqual([]);
  });

  it('is looked for at Twilio when that has promised to forget it, and again until it has', async () => {
    const { sid } = await deleted();
    site.test.now = at(1 + 31 * DAY);
    await site.sweep();
    site.test.now = at(90 * DAY);
    await site.sweep();
    site.test.now = at(91 * DAY);
    await site.sweep({ apiUrl: NOBODY });
    const dataDir = join(site.folder, 'forgetful');
    // Another Twilio, which has never had it.
    const forgetful = await startSimulator({ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: NOBODY, dataDir });
    site.test.now = at(92 * DAY);
    await site.sweep({ apiUrl: forgetful.url });
    await forgetful.stop();
    const { rows } = await site.test.pool.query(
      'select residue_checks, next_attempt_at from ledger.deletions where recording_sid = $1',
      [sid],
    );
    expect(rows).toMatchObject([
      {
        residue_checks: [
          { residue: 'twilio-metadata', outcome: 'still-there' },
          { outcome: 'not-known', reason: expect.stringContaining(NOBODY) },
          { outcome: 'gone', checkedAt: at(92 * DAY).toISOString() },
        ],
        next_attempt_at: null,
      },
    ]);
  });

  it('counts as being deleted while it cannot be looked for, and says why', async () => {
    const { sid } = await deleted();
    site.test.now = at(1 + 31 * DAY);
    const away = { ...site.store, deleteAllVersions: () => Promise.reject(new Error('the bucket is away')) };
    await site.sweep({ objects: away });
    await site.sweep({ objects: away });
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: { number: 2, status: 'partial', objects: { failure: 'the bucket is away' } },
    });
    site.test.now = at(1 + 32 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
    expect(await site.toldOf(sid)).toEqual([]);
  });
});
