import { expect, it } from 'vitest';
import type { Change } from '../change-recording.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { folderOf } from '../domain/decision-events.ts';
import { type Deletion, startDeletion } from '../domain/deletion.ts';
import { callFacts, entryOf, minute, policy } from '../testing/given.ts';
import { Places } from '../testing/histories/places.ts';
import { lookOnceMore } from './look-once-more.ts';

/** Looks once more after a deletion that is done. @returns the recording's deletions of single classes afterwards */
async function lookAfter(done: Deletion, others: readonly Deletion[], places = new Places(() => {})) {
  const facts = callFacts([]);
  let entry: RecordingEntry = entryOf(facts, {
    prefix: folderOf(facts.recording),
    partDeletions: [...others, done].toSorted((a, b) => a.number - b.number),
  });
  const ledger = {
    change: async (_: unknown, change: Change) => {
      entry = change(entry, policy)?.entry ?? entry;
      return entry;
    },
  };
  const { accountSid, recordingSid } = entry.facts.recording;
  const context = { objects: places.bucket, clock: () => minute(3), note: async () => true as never };
  const key = { accountSid, recordingSid, deletion: done.number };
  await lookOnceMore(ledger, key, [entry, done], { ...context, attempt: 'a' });
  return entry.partDeletions ?? [];
}

const completed = (deletion: Deletion): Deletion => ({
  ...deletion,
  completedAt: minute(1),
  nextAttemptAt: minute(2),
});

// It was looked at again at once and for ever where its classes were being deleted anew by two deletions between them.
it('a second look ends where later deletions have taken over each of its classes', async () => {
  const first = startDeletion(undefined, 'schedule', minute(1), { classes: ['audio', 'provider-response'] });
  const second = startDeletion(first, 'refusal', minute(2), { classes: ['provider-response'] });
  const third = startDeletion(second, 'schedule', minute(2), { classes: ['audio'] });
  const looked = (await lookAfter(completed(first), [second, third])).find(({ number }) => number === 1);
  expect([looked?.nextAttemptAt, looked?.lookedAgainAt]).toEqual([undefined, undefined]);
});

/** A bucket that is away, with a transcript in it. */
function awayPlaces(): Places {
  const places = new Places(() => {});
  places.put(`${folderOf(callFacts([]).recording)}transcript.json`);
  places.left = 0;
  return places;
}

// Each look began another deletion of Twilio's copy, with a certificate each, and was due again, while a hold kept an older one of the transcript open.
it('a second look that fails is taken over once, also where an older deletion of the same still runs', async () => {
  const older = startDeletion(undefined, 'schedule', minute(0), { classes: ['transcript'] });
  const both = completed(startDeletion(older, 'schedule', minute(1), { classes: ['twilio-copy', 'transcript'] }));
  const begun = await lookAfter(both, [older], awayPlaces());
  expect(begun.map(({ number, classes, nextAttemptAt }) => [number, classes, nextAttemptAt])).toEqual([
    [1, ['transcript'], minute(0)],
    [2, ['twilio-copy', 'transcript'], undefined],
    [3, ['twilio-copy'], minute(3)],
  ]);
});

// It was due again with every lease, and nothing came of it.
it('a second look that fails is left to an older deletion that takes all of the same', async () => {
  const older = startDeletion(undefined, 'schedule', minute(0), { classes: ['transcript'] });
  const again = completed(startDeletion(older, 'schedule', minute(1), { classes: ['transcript'] }));
  const left = await lookAfter(again, [older], awayPlaces());
  expect(left.map(({ number, nextAttemptAt }) => [number, nextAttemptAt])).toEqual([
    [1, minute(0)],
    [2, undefined],
  ]);
});
