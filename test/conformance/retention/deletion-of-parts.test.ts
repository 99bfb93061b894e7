import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import type { DataClass } from '@onrecord/retention/domain/data-class';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, Deletions } from './deletions.ts';
import { ACCOUNT, at, consentOf, transcribed } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

const NAMES = [
  'media.wav',
  'waveform.json',
  'manifest.json',
  'transcript.json',
  'transcript.vtt',
  'provider-response.json',
];

describe('of a recording', () => {
  const stored = async () => {
    const given = await site.given('granted');
    await given.archive();
    for (const name of NAMES) await given.put(name);
    const names = async () => {
      const found: string[] = [];
      for await (const { key } of site.store.listVersions(given.prefix)) found.push(key.slice(given.prefix.length));
      return found;
    };
    const begin = (cause: 'schedule' | 'withdrawal', ...classes: DataClass[]) =>
      site.test.ledger.change({ accountSid: ACCOUNT, recordingSid: given.sid }, (entry) => ({
        entry: beginDeletion(entry, { cause, classes, now: site.test.now }),
        events: [],
      }));
    return { ...given, names, begin };
  };

  it('the transcript goes, with what the provider answered, and the audio stays where it is', async () => {
    const { sid, names, begin } = await stored();
    await begin('withdrawal', 'transcript', 'provider-response');
    await site.sweep();
    expect(await names()).toEqual(['manifest.json', 'media.wav', 'waveform.json']);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect(await site.find(sid)).toMatchObject({ state: 'archived' });
    expect(await site.toldOf(sid)).toMatchObject([
      {
        type: 'onrecord.recording.data-deleted.v1',
        data: {
          deletionId: '1',
          classes: ['transcript', 'provider-response'],
          cause: 'withdrawal',
          objects: [{}, {}, {}],
        },
      },
    ]);
  });

  it('a transcript that turns up within the day goes too', async () => {
    const { sid, names, begin, put } = await stored();
    await begin('schedule', 'transcript');
    await site.sweep();
    await put('transcript.json');
    site.test.now = at(2 + DAY);
    await site.sweep();
    await site.sweep();
    expect(await names()).not.toContain('transcript.json');
    expect(await site.toldOf(sid)).toMatchObject([{ data: { deletionId: '1' } }, { data: { deletionId: '2' } }]);
  });

  it('the audio goes, here and at Twilio, and the transcript stays', async () => {
    const { sid, names, begin } = await stored();
    await begin('schedule', 'audio', 'twilio-copy');
    await site.sweep();
    expect(await names()).toEqual(['manifest.json', 'provider-response.json', 'transcript.json', 'transcript.vtt']);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    expect(await site.toldOf(sid)).toMatchObject([{ data: { source: { outcome: 'deleted' } } }]);
  });

  it('Twilio’s copy goes alone, and later everything else with its own event', async () => {
    const { sid, names, begin } = await stored();
    await begin('schedule', 'twilio-copy');
    await site.sweep();
    expect(await names()).toHaveLength(NAMES.length);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    site.test.now = at(2 + 30 * DAY);
    await site.sweep();
    expect(await names()).toEqual([]);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 2 } });
    expect(await site.toldOf(sid)).toMatchObject([
      { type: 'onrecord.recording.data-deleted.v1' },
      { type: 'onrecord.recording.deleted.v1', data: { deletionId: '2', source: { outcome: 'already-gone' } } },
    ]);
  });
});

it('a party that takes back its agreement to transcription alone loses the transcript, and the audio stays', async () => {
  const { sid, callSid, prefix, archive, put } = await site.given('granted');
  await archive();
  for (const name of ['transcript.json', 'transcript.txt', 'provider-response.json']) await put(name);
  await site.test.take(transcribed(sid, callSid, prefix));
  site.test.now = at(3);
  const withdrawal = { purposes: ['transcribe' as const], recordedAt: at(2).toISOString(), reference: 'letter' };
  await site.test.take(consentOf({ callSid }, 'withdrawn', withdrawal));
  await site.sweep();
  const left: string[] = [];
  for await (const { key } of site.store.listVersions(prefix)) left.push(key.slice(prefix.length));
  expect(left).toEqual(['manifest.json', 'media.wav']);
  expect(await site.find(sid)).toMatchObject({
    state: 'archived',
    decision: { outcome: 'cleared', purposes: ['store'] },
  });
});
