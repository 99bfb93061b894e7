import { expect, it } from 'vitest';
import type { Change } from './change-recording.ts';
import type { RecordingEntry } from './domain/custody.ts';
import { startDeletion } from './domain/deletion.ts';
import { lookOnceMore } from './look-once-more.ts';
import { callFacts, entryOf, minute, policy } from './testing/given.ts';
import { Places } from './testing/histories/places.ts';

// It was looked at again at once and for ever where its classes were being deleted anew by two deletions between them.
it('a second look ends where later deletions have taken over each of its classes', async () => {
  const first = startDeletion(undefined, 'schedule', minute(1), { classes: ['audio', 'provider-response'] });
  const done = { ...first, completedAt: minute(1), nextAttemptAt: minute(2) };
  const second = startDeletion(first, 'refusal', minute(2), { classes: ['provider-response'] });
  const third = startDeletion(second, 'schedule', minute(2), { classes: ['audio'] });
  let entry: RecordingEntry = entryOf(callFacts([]), { partDeletions: [done, second, third] });
  const ledger = {
    change: async (_: unknown, change: Change) => {
      entry = change(entry, policy)?.entry ?? entry;
      return entry;
    },
  };
  const { accountSid, recordingSid } = entry.facts.recording;
  const context = { objects: new Places(() => {}).bucket, clock: () => minute(3), note: async () => true as never };
  await lookOnceMore(ledger, { accountSid, recordingSid, deletion: 1 }, [entry, done], { ...context, attempt: 'a' });
  const [looked] = entry.partDeletions ?? [];
  expect([looked?.nextAttemptAt, looked?.lookedAgainAt]).toEqual([undefined, undefined]);
});
