import { expect, it } from 'vitest';
import { startDeletion } from '../domain/deletion.ts';
import { callFacts, entryOf, minute } from '../testing/given.ts';
import { whyLastCopy } from './last-copy.ts';

const uri = 'file:///recordings';
const archive = { store: uri, prefix: 'a/', storedAt: minute(1) };
const copyAlone = { ...startDeletion(undefined, 'schedule', minute(2)), classes: ['twilio-copy' as const] };
const store = (names: readonly string[], bytes = 44) => ({
  uri,
  head: async (key: string) => (names.includes(key) ? ({ bytes } as never) : undefined),
});
const whole = store(['a/manifest.json', 'a/media.mp3']);
const known = entryOf(callFacts(), { archive, partDeletions: [copyAlone] });

it('lets Twilio’s copy go where the archive is whole', async () => {
  expect(await whyLastCopy(whole, known, copyAlone)).toBeUndefined();
});

it.each([
  ['the audio is gone', store(['a/manifest.json']), known],
  ['the audio is empty', store(['a/manifest.json', 'a/media.wav'], 0), known],
  ['the manifest is gone', store(['a/media.wav']), known],
  ['it is in another bucket', { ...whole, uri: 's3://another' }, known],
  ['no archive is known', whole, entryOf(callFacts(), { partDeletions: [copyAlone] })],
])('keeps it where %s', async (_, objects, entry) => {
  expect(await whyLastCopy(objects, entry, copyAlone)).toMatch(/stays/);
});

it('looks for an archive that came after its audio had once been deleted', async () => {
  const before = {
    ...startDeletion(undefined, 'schedule', minute(0)),
    completedAt: minute(0),
    classes: ['audio' as const],
  };
  const again = { ...known, partDeletions: [before, copyAlone] };
  expect(await whyLastCopy(store([]), again, copyAlone)).toMatch(/stays/);
});

// The copy's deletion was interrupted, the recording went with its schedule, and the copy's went on failing for ever.
it('looks for no archive where the audio goes as well', async () => {
  const gone = { ...known, deletion: startDeletion(undefined, 'schedule', minute(3)) };
  expect(await whyLastCopy(store([]), gone, copyAlone)).toBeUndefined();
});
