import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withdrawalsFolder } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { expect, it, onTestFinished } from 'vitest';
import type { Consent } from '../domain/consent.ts';
import type { Decision, RecordingEntry } from '../domain/custody.ts';
import type { DataClass } from '../domain/data-class.ts';
import { decide } from '../domain/decide.ts';
import { answer, CHILD, callFacts, conferenceFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import { withdrawClearance } from './withdraw-clearance.ts';

interface Step {
  at: number;
  facts: RecordingEntry['facts'];
}

/** As the ledger has it after these decisions. */
function decided(...steps: Step[]): RecordingEntry {
  let entry = entryOf(callFacts());
  const clearances: number[] = [];
  for (const { at, facts } of steps) {
    const decision: Decision | undefined = decide({ ...entry, facts }, policy, minute(at));
    if (decision === undefined) throw new Error('nothing was decided');
    if (decision.clearance.outcome === 'cleared' && decision.continues === undefined) clearances.push(decision.number);
    entry = { ...entry, facts, decision };
  }
  return { ...entry, clearances };
}

const answered = (at: number, ...answers: Consent[]): Step => ({ at, facts: callFacts(answers) });

/** The clearances that are filed as withdrawn when a deletion is attempted twice. */
async function filedFor(known: RecordingEntry, { classes, at = 100 }: { classes?: DataClass[]; at?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-withdrawals-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = await openObjectStore({ kind: 'file', folder });
  onTestFinished(() => store.close());
  const deletion = { number: 1, classes, startedAt: minute(at) };
  expect(await withdrawClearance(known, deletion, store)).toEqual([]);
  expect(await withdrawClearance(known, deletion, store)).toEqual([]);
  const names: string[] = [];
  const prefix = withdrawalsFolder(recording());
  for await (const { key } of store.listVersions(prefix)) names.push(key.slice(prefix.length));
  return names.toSorted();
}

// With the event log away all through the delay, the deletion of what was refused left the transcription in flight its clearance.
it('a deletion ends the clearance that a refusal took back, also where nothing has told of that', async () => {
  const yes = answer('granted');
  const refused = decided(answered(1, yes), answered(2, yes, answer('refused', { at: 2 })));
  expect(refused.decision?.clearance.outcome).toBe('refused');
  expect(await filedFor(refused)).toEqual(['1.json']);
});

it('and the one that an end of the grace period left without consent', async () => {
  const alone = conferenceFacts([CHILD], [answer('granted', { callSid: CHILD })]);
  const joined = { ...alone, participants: [CHILD, 'CAjoined'] };
  const withheld = decided({ at: 1, facts: alone }, { at: 2, facts: joined }, { at: 61, facts: joined });
  expect(withheld.decision?.clearance.outcome).toBe('withheld');
  expect(await filedFor(withheld)).toEqual(['1.json']);
});

it('and each of several, but none that only left an earlier one to be carried out', async () => {
  const yes = answer('granted');
  const no = answer('refused', { at: 2, purposes: ['transcribe'] });
  const again = answer('granted', { at: 3 });
  const share = answer('granted', { at: 4, purposes: ['share'] });
  const known = decided(
    answered(1, yes),
    answered(2, yes, no),
    answered(3, yes, no, again),
    answered(4, yes, no, again, share),
    answered(5, yes, no, again, share, answer('withdrawn', { at: 5 })),
  );
  expect(await filedFor(known)).toEqual(['1.json', '2.json', '3.json']);
});

it('nothing is filed of what was never cleared', async () => {
  expect(await filedFor(decided(answered(1, answer('refused'))))).toEqual([]);
});

// The transcript's deletion stopped the archiving of a recording that was cleared to be stored, and to be stored alone.
it('the deletion of a transcript that was refused leaves the clearance to store', async () => {
  const yes = answer('granted');
  const stored = decided(answered(1, yes), answered(2, yes, answer('refused', { at: 2, purposes: ['transcribe'] })));
  expect(await filedFor(stored, { classes: ['transcript', 'provider-response'], at: 2 })).toEqual(['1.json']);
  expect(await filedFor(stored, { classes: ['audio', 'twilio-copy'] })).toEqual(['1.json', '2.json']);
  expect(await filedFor(stored)).toEqual(['1.json', '2.json']);
});

it('and leaves the clearance of a later agreement', async () => {
  const yes = answer('granted');
  const no = answer('refused', { at: 2, purposes: ['transcribe'] });
  const again = decided(answered(1, yes), answered(2, yes, no), answered(3, yes, no, answer('granted', { at: 3 })));
  expect(await filedFor(again, { classes: ['transcript'], at: 2 })).toEqual(['1.json', '2.json']);
  expect(await filedFor(again, { classes: ['transcript'], at: 4 })).toEqual(['1.json', '2.json', '3.json']);
});
