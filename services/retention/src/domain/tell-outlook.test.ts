import { expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import { beginDeletion } from './begin-deletion.ts';
import type { Consent } from './consent.ts';
import type { RecordingEntry } from './custody.ts';
import { decideClearance } from './decide-clearance.ts';
import { tellOutlook } from './tell-outlook.ts';

const yes = answer('granted');
const no = answer('withdrawn', { at: 10 });

/** The entry with these answers, decided on at a minute. */
function decided(consents: readonly Consent[], fields: Partial<RecordingEntry> = {}): RecordingEntry {
  const facts = callFacts(consents);
  const clearance = decideClearance(facts, policy, minute(11));
  const deleteAfter = clearance.outcome === 'refused' ? minute(71) : undefined;
  const version = { name: 'built-in', version: 1 };
  return entryOf(facts, {
    decision: { number: 2, clearance, policy: version, decidedAt: minute(11), deleteAfter },
    archive: { store: 's', prefix: 'folder/', storedAt: minute(5) },
    ...fields,
  });
}
const begun = beginDeletion(decided([yes, no]), { cause: 'withdrawal', now: minute(80) });
const done = { ...begun, deletion: begun.deletion && { ...begun.deletion, completedAt: minute(81) } };
const absent = entryOf(callFacts([yes], { recording: recording({ status: 'deleted' }) }));
const onItsWay = { ...absent, prefix: 'folder/' };

// Who recorded a withdrawal was not told of the time in which it can be undone, nor who agreed too late that it changed nothing.
it.each<[string, RecordingEntry, RegExp | undefined]>([
  ['agreed to', decided([yes]), undefined],
  ['withdrawn', decided([yes, no]), /^Its deletion begins at 2026-03-01T11:11\S+ at the latest.*later agreement/],
  ['due earlier', decided([yes, no], { deleteAfterOverride: minute(20) }), /^Its deletion begins at 2026-03-01T10:20/],
  ['being deleted', begun, /^Its deletion began at 2026-03-01T11:20\S+: no answer changes that any more\.$/],
  ['deleted', done, /^It was deleted by 2026-03-01T11:21\S+: the answer is kept, and no answer changes/],
  ['deleted at Twilio while it is archived', onItsWay, undefined],
  ['deleted at Twilio', absent, /^It was deleted at Twilio.*no answer changes/],
  [
    'not to be transcribed',
    decided([yes, { ...no, purposes: ['transcribe'] }]),
    /^A transcript of it.*deleted at once.*The audio stays.*later agreement/,
  ],
])('says of a recording that is %s what becomes of it', (_, entry, said) => {
  const told = tellOutlook(entry, minute(90));
  if (said === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(said);
});
