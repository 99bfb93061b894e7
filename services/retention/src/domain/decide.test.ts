import { describe, expect, it } from 'vitest';
import {
  answer,
  callFacts,
  conferenceFacts,
  conferenceRecording,
  entryOf,
  minute,
  policy,
  recording,
  sid,
} from '../testing/given.ts';
import { type Decision, reviewAt } from './custody.ts';
import { decide } from './decide.ts';
import type { ClearanceFacts } from './decide-clearance.ts';
import { decisionEvents } from './decision-events.ts';
import { startDeletion } from './deletion.ts';
import { evolveRecording } from './recording.ts';
import { stateOf } from './state.ts';

/** Decides on each set of facts in turn, as the ledger does, and returns the decisions and the events. */
function history(...steps: [facts: ClearanceFacts, now: Date][]) {
  let previous: Decision | undefined;
  const decisions: Decision[] = [];
  const events: string[] = [];
  for (const [facts, now] of steps) {
    const decision = decide(entryOf(facts, { decision: previous }), policy, now);
    if (decision === undefined) continue;
    events.push(...decisionEvents(facts.recording, decision, previous, policy).map((event) => event.type));
    decisions.push(decision);
    previous = decision;
  }
  return { decisions, events, outcomes: decisions.map((decision) => decision.clearance.outcome) };
}

const nothing = callFacts();
const yes = answer('granted', { at: 70 });
const no = answer('refused', { at: 80 });

describe('decisions on one recording', () => {
  it('go from waiting to withheld to cleared, and tell the world of the last two', () => {
    const { outcomes, events, decisions } = history(
      [nothing, minute(1)],
      [nothing, minute(60)],
      [callFacts([yes]), minute(70)],
    );
    expect(outcomes).toEqual(['waiting', 'withheld', 'cleared']);
    expect(events).toEqual(['onrecord.recording.withheld.v1', 'onrecord.recording.cleared.v1']);
    expect(decisions.map((decision) => decision.number)).toEqual([1, 2, 3]);
    expect(decisions.at(-1)?.policy).toEqual({ name: 'built-in', version: 1 });
  });

  // With a longer CONSENT_GRACE_PERIOD the stored review stayed in the past: the sweeper read the same rows without end.
  it('are made again when a longer grace period moves the review', () => {
    const waiting = decide(entryOf(nothing), policy, minute(1));
    const longer = { ...policy, gracePeriodMs: 2 * policy.gracePeriodMs };
    const again = decide(entryOf(nothing, { decision: waiting }), longer, minute(61));
    expect(again?.clearance).toMatchObject({ outcome: 'waiting', reviewAt: minute(120) });
    expect(decide(entryOf(nothing, { decision: again }), longer, minute(62))).toBeUndefined();
  });

  it('are not made again while nothing changes', () => {
    const facts = callFacts([yes]);
    expect(history([facts, minute(1)], [facts, minute(2)], [facts, minute(90)]).outcomes).toEqual(['cleared']);
  });

  it('schedule the deletion of a refused recording a day ahead, and a second refusal does not put it off', () => {
    const second = callFacts([no, answer('refused', { at: 90, party: 'called' })]);
    const { decisions } = history([callFacts([no]), minute(80)], [second, minute(90)]);
    expect(decisions.map((decision) => decision.deleteAfter)).toEqual([minute(80 + 1440), minute(80 + 1440)]);
  });

  it('undo a refusal when the same party agrees later, and count the full delay from the next refusal', () => {
    const regrets = [no, answer('granted', { at: 90 })];
    const { outcomes, decisions } = history(
      [callFacts([no]), minute(80)],
      [callFacts(regrets), minute(90)],
      [callFacts([...regrets, answer('refused', { at: 100 })]), minute(100)],
    );
    expect(outcomes).toEqual(['refused', 'cleared', 'refused']);
    expect(decisions.at(-1)?.deleteAfter).toEqual(minute(100 + 1440));
  });

  it('turn a cleared conference back when somebody joined who did not agree, and say so', () => {
    const [anna, ben] = [sid('CA', '1'), sid('CA', '2')];
    const agreed = [answer('granted', { callSid: anna })];
    const { outcomes, events } = history(
      [conferenceFacts([anna], agreed), minute(1)],
      [conferenceFacts([anna, ben], agreed), minute(2)],
    );
    expect(outcomes).toEqual(['cleared', 'waiting']);
    expect(events).toEqual(['onrecord.recording.cleared.v1', 'onrecord.recording.withheld.v1']);
  });

  it('hear a refusal of what is to be erased and is still held: work on it must stop; nothing is decided on then that was not before', () => {
    const erasure = { erasureId: 'e', requestedAt: minute(75), isShared: false };
    const decision = decide(entryOf(callFacts([yes])), policy, minute(71));
    const refused = decide(entryOf(callFacts([yes, no]), { decision, erasure }), policy, minute(81));
    expect(refused?.clearance.outcome).toBe('refused');
    const told = refused && decisionEvents(recording(), refused, decision, policy);
    expect(told).toMatchObject([{ type: 'onrecord.recording.refused.v1', data: { supersedesClearance: true } }]);
    const noTranscript = answer('withdrawn', { at: 80, purposes: ['transcribe'] });
    const less = decide(entryOf(callFacts([yes, noTranscript]), { decision, erasure }), policy, minute(81));
    expect(less?.clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
    expect(decide(entryOf(callFacts([yes]), { erasure }), policy, minute(81))).toBeUndefined();
  });

  // What was cleared before the erasure was transcribed until its deletion came, and under a hold in any case.
  it('call off the transcription of what is to be erased, once, and leave it to be stored; nothing clears it again', () => {
    const erasure = { erasureId: 'e', requestedAt: minute(75), isShared: false };
    const decision = decide(entryOf(callFacts([yes])), policy, minute(71));
    for (const said of [[], [yes]]) {
      const off = decide(entryOf(callFacts(said), { decision, erasure }), policy, minute(81));
      expect(off?.clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'], rule: 'erasure-requested' });
      const told = off && decisionEvents(recording(), off, decision, policy);
      expect(told).toMatchObject([{ type: 'onrecord.recording.cleared.v1', data: { supersedesClearance: true } }]);
      expect(decide(entryOf(callFacts([yes]), { decision: off, erasure }), policy, minute(82))).toBeUndefined();
    }
    const transcript = { storedAt: minute(74) };
    expect(decide(entryOf(callFacts([yes]), { decision, erasure, transcript }), policy, minute(81))).toBeUndefined();
    const kept = { ...policy, sharedCalls: 'restrict' as const };
    const shared = { ...erasure, isShared: true };
    expect(decide(entryOf(callFacts([yes]), { decision, erasure: shared }), kept, minute(81))).toBeUndefined();
  });

  // As an agreement to share ended, the clearance was made again with what was left of it: it was transcribed, or went on to be.
  it('call off the transcription of what is to be erased also where another agreement has just ended, and begin none by it', () => {
    const erasure = { erasureId: 'e', requestedAt: minute(75), isShared: false };
    const share = answer('granted', { at: 71, purposes: ['share'], expiresAt: minute(80), party: 'operator' });
    const toRecord = answer('granted', { at: 69, purposes: ['record'] });
    const decision = decide(entryOf(callFacts([yes, share])), policy, minute(72));
    expect(decision?.clearance).toMatchObject({ purposes: ['store', 'transcribe'], consented: [{}, {}, {}] });
    const off = decide(entryOf(callFacts([yes, share]), { decision, erasure }), policy, minute(81));
    expect(off).toMatchObject({ clearance: { purposes: ['store'], rule: 'erasure-requested' }, continues: undefined });

    const stored = decide(entryOf(callFacts([toRecord, share])), policy, minute(72));
    expect(stored?.clearance).toMatchObject({ purposes: ['store'], consented: [{}, { purpose: 'share' }] });
    const later = decide(entryOf(callFacts([toRecord, share, yes]), { decision: stored, erasure }), policy, minute(81));
    expect(later?.clearance).toMatchObject({ purposes: ['store'], consented: [{ purpose: 'record' }] });

    const transcript = { storedAt: minute(74) };
    const there = decide(entryOf(callFacts([yes, share]), { decision, erasure, transcript }), policy, minute(81));
    expect(there).toMatchObject({ clearance: { purposes: ['store', 'transcribe'] }, continues: { number: 1 } });
  });

  it.each(['in-progress', 'absent', 'failed', 'something-new'])('are not made while it is %s', (status) => {
    const facts = callFacts([no], { recording: recording({ status }) });
    expect(decide(entryOf(facts), policy, minute(90))).toBeUndefined();
  });

  // A recording that failed at Twilio after it was archived heard no refusal any more, and its copy here stayed.
  it.each(['failed', 'deleted'])(
    'go on when it is %s after it was cleared: its copy here hears a refusal',
    (status) => {
      const cleared = decide(entryOf(callFacts([yes])), policy, minute(71));
      const facts = callFacts([yes, no], { recording: recording({ status }) });
      const entry = entryOf(facts, { decision: cleared, prefix: 'folder/' });
      expect(decide(entry, policy, minute(80))?.clearance).toMatchObject({ outcome: 'refused', cause: 'withdrawal' });
    },
  );

  // Twilio's late `failed` (an upload of its own that went wrong) made a conference settle anew: what was transcribed was withheld, and
  // nobody looked at it again.
  it.each(['failed', 'deleted'])('stand when Twilio says %s of a conference that was cleared and stored', (status) => {
    const facts = conferenceFacts([sid('CA', '1')], [answer('granted', { callSid: sid('CA', '1') })]);
    const decision = decide(entryOf(facts), policy, minute(2));
    const later = conferenceRecording({ status, reportedAt: minute(600), learnedAt: minute(600) });
    const stored = { decision, prefix: 'folder/', transcript: { storedAt: minute(4) } };
    const entry = entryOf({ ...facts, recording: evolveRecording(facts.recording, later) }, stored);
    expect(decide(entry, policy, minute(600))).toBeUndefined();
    expect(stateOf(entry)).toBe('transcribed');
  });

  it('wait to be reviewed also where Twilio has failed since, when somebody joined who did not answer', () => {
    const [anna, ben] = [sid('CA', '1'), sid('CA', '2')];
    const agreed = [answer('granted', { callSid: anna })];
    const decision = decide(entryOf(conferenceFacts([anna], agreed)), policy, minute(2));
    const recording = evolveRecording(conferenceRecording(), conferenceRecording({ status: 'failed' }));
    const facts = conferenceFacts([anna, ben], agreed, { recording });
    const entry = entryOf(facts, { decision, prefix: 'folder/' });
    const waiting = { ...entry, decision: decide(entry, policy, minute(3)) };
    expect(reviewAt(waiting, policy)).toEqual(minute(60));
    expect(decide(waiting, policy, minute(60))?.clearance.outcome).toBe('withheld');
  });

  // An erasure, or the schedule of another recording of the call, took the numbers away, and what had been cleared by them was withheld.
  it('stand when pseudonyms have taken the place of a number, unless somebody refuses; what waits ends', () => {
    const decision = decide(entryOf(callFacts([yes])), policy, minute(71));
    const numbers = ['sip:psn_AAAAAAAAAAAAAAAAAAAAAA@pbx.example.com', '+12125550100'];
    const decided = (facts: ClearanceFacts, previous: Decision | undefined, now: Date) =>
      decide(entryOf(facts, { decision: previous, numbers }), policy, now)?.clearance.outcome;
    expect(decided(nothing, decision, minute(72))).toBeUndefined();
    expect(decided(callFacts([yes, no]), decision, minute(81))).toBe('refused');
    const waiting = decide(entryOf(nothing), policy, minute(1));
    expect(decided(nothing, waiting, minute(60))).toBe('withheld');
  });

  // Media that came late for an absent recording of which nothing was known any more had it decided on: it was withheld, for ever.
  it('are over once what was known of it has been removed, also when media come late', () => {
    const late = { metadataRemovedAt: minute(0), prefix: 'folder/', lateMediaAt: minute(1) };
    const facts = callFacts([], { recording: recording({ status: 'deleted' }) });
    expect(decide(entryOf(facts, late), policy, minute(60))).toBeUndefined();
  });

  it('are over once a deletion has begun', () => {
    const deletion = startDeletion(undefined, 'refusal', minute(0));
    expect(decide(entryOf(callFacts([yes]), { deletion }), policy, minute(1))).toBeUndefined();
  });
});
