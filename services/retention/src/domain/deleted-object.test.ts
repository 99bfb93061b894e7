import { expect, it } from 'vitest';
import { callFacts, entryOf, minute } from '../testing/given.ts';
import { deletedAt } from './deleted-object.ts';
import { startDeletion } from './deletion.ts';

const archive = { store: 's', prefix: 'a/', storedAt: minute(5) };
const done = (at: number) => ({ ...startDeletion(undefined, 'schedule', minute(at)), completedAt: minute(at + 1) });
const ofAudio = { ...done(10), classes: ['audio' as const] };

// What a schedule had taken stood in the list of what is stored, with its size and hash.
it('is told of what went with its class, and of nothing else', () => {
  const entry = entryOf(callFacts(), { archive, partDeletions: [ofAudio] });
  expect(deletedAt(entry, 'a/media.wav')).toEqual(minute(11));
  expect(deletedAt(entry, 'a/waveform.json')).toEqual(minute(11));
  for (const name of ['manifest.json', 'transcript.json']) expect(deletedAt(entry, `a/${name}`)).toBeUndefined();
});

it('is not told of what is only on its way, nor of what was stored again since', () => {
  const begun = { ...ofAudio, completedAt: undefined };
  expect(deletedAt(entryOf(callFacts(), { archive, partDeletions: [begun] }), 'a/media.wav')).toBeUndefined();
  const again = { ...archive, storedAt: minute(20) };
  expect(deletedAt(entryOf(callFacts(), { archive: again, partDeletions: [ofAudio] }), 'a/media.wav')).toBeUndefined();
});

it('is told of everything once the whole recording is gone', () => {
  const entry = entryOf(callFacts(), { archive, deletion: done(30), partDeletions: [ofAudio] });
  expect(deletedAt(entry, 'a/manifest.json')).toEqual(minute(31));
});
