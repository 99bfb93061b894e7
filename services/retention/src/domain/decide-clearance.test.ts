import { describe, expect, it } from 'vitest';
import {
  answer,
  CALL,
  CHILD,
  CONFERENCE,
  callFacts,
  conferenceFacts,
  conferenceRecording,
  minute,
  policy,
  recording,
  sid,
} from '../testing/given.ts';
import { type ClearanceFacts, decideClearance } from './decide-clearance.ts';

const WITHIN_GRACE = minute(30);
const AFTER_GRACE = minute(61);
const [ANNA, BEN, CLEO] = [sid('CA', '1'), sid('CA', '2'), sid('CA', '3')];

const given = (facts: ClearanceFacts) => ({
  at: (now: Date) => decideClearance(facts, policy, now),
});

describe('the recording of a call', () => {
  it('is cleared for both purposes when the caller agreed to both', () => {
    expect(given(callFacts([answer('granted')])).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'cleared',
      purposes: ['store', 'transcribe'],
      rule: 'call-party-agrees',
      reason: expect.stringContaining(`caller of ${CALL} (key-press, 2026-03-01T09:56:00.000Z)`),
    });
  });

  it('is stored and not transcribed when the agreement covers recording alone', () => {
    const facts = callFacts([answer('granted', { purposes: ['record'] })]);
    expect(given(facts).at(WITHIN_GRACE)).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
  });

  it('is stored and not transcribed when one party refuses transcription', () => {
    const facts = callFacts([answer('granted'), answer('refused', { party: 'called', purposes: ['transcribe'] })]);
    expect(given(facts).at(WITHIN_GRACE)).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
  });

  it('is not cleared by an agreement to transcription alone', () => {
    const facts = callFacts([answer('granted', { purposes: ['transcribe'] })]);
    expect(given(facts).at(WITHIN_GRACE).outcome).toBe('waiting');
  });

  // On an outbound call the other leg is the user's own agent: an operator's yes for it once cleared what the person called had not
  // agreed to.
  it('is not cleared by a yes on another leg, whatever that party is called', () => {
    const facts = callFacts([answer('granted', { callSid: CHILD, party: 'caller' })], { legs: [CALL, CHILD] });
    expect(given(facts).at(WITHIN_GRACE).outcome).toBe('waiting');
  });

  it('is not cleared by the called party of another leg', () => {
    const facts = callFacts([answer('granted', { callSid: CHILD, party: 'called' })], { legs: [CALL, CHILD] });
    expect(given(facts).at(WITHIN_GRACE).outcome).toBe('waiting');
  });

  it('is refused as soon as any leg refuses, whoever agreed', () => {
    const facts = callFacts([answer('granted'), answer('refused', { callSid: CHILD, party: 'called' })], {
      legs: [CALL, CHILD],
    });
    expect(given(facts).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'refused',
      cause: 'refusal',
      rule: 'any-party-refuses',
      reason: expect.stringMatching(/^Refused recording: called of CA/),
    });
  });

  it('waits within the grace period and says until when and for what', () => {
    expect(given(callFacts()).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'waiting',
      reviewAt: minute(60),
      releasedBy: [`An agreement to recording recorded for call ${CALL}.`],
    });
  });

  it('is withheld at the end of the grace period, to the millisecond, and never destroyed', () => {
    expect(given(callFacts()).at(minute(60))).toMatchObject({
      outcome: 'withheld',
      rule: 'consent-unknown-after-grace-period',
    });
  });

  it('is cleared by an agreement that comes after it was withheld', () => {
    expect(given(callFacts([answer('granted', { at: 500 })])).at(minute(501)).outcome).toBe('cleared');
  });

  it('follows the latest answer of a party, and treats no after yes as a withdrawal', () => {
    const [yes, no] = [answer('granted', { at: 1 }), answer('refused', { at: 2 })];
    expect(given(callFacts([no, yes])).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'refused',
      cause: 'withdrawal',
      rule: 'consent-withdrawn',
    });
    const undone = callFacts([yes, no, answer('granted', { at: 3 })]);
    expect(given(undone).at(WITHIN_GRACE).outcome).toBe('cleared');
  });

  it('takes the refusal where a party gave both answers at the same instant', () => {
    const both = [answer('refused', { at: 1, consentId: 'a' }), answer('granted', { at: 1, consentId: 'b' })];
    expect(given(callFacts(both)).at(WITHIN_GRACE).outcome).toBe('refused');
    expect(given(callFacts(both.toReversed())).at(WITHIN_GRACE).outcome).toBe('refused');
  });

  it('is withheld when Twilio names neither a call nor a conference', () => {
    const facts = callFacts([], { recording: recording({ callSid: undefined }), legs: [] });
    expect(given(facts).at(AFTER_GRACE)).toMatchObject({
      outcome: 'withheld',
      releasedBy: ['A report from Twilio that names the call of this recording.'],
    });
  });
});

describe('the recording of a conference', () => {
  const agreed = [ANNA, BEN, CLEO].map((callSid) => answer('granted', { callSid }));

  it('is cleared when every participant agreed', () => {
    expect(given(conferenceFacts([ANNA, BEN, CLEO], agreed)).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'cleared',
      rule: 'every-participant-agrees',
    });
  });

  // Ana's agreement and the recording were read before Ben's joining was: his words went to speech-to-text unasked.
  it('settles first, however many are known to have agreed: others may become known yet', () => {
    const facts = conferenceFacts([ANNA, BEN, CLEO], agreed);
    expect(given(facts).at(new Date(minute(0).getTime() + 29_999))).toMatchObject({
      outcome: 'waiting',
      rule: 'conference-settling',
      reviewAt: new Date(minute(0).getTime() + 30_000),
    });
    expect(given(facts).at(new Date(minute(0).getTime() + 30_000)).outcome).toBe('cleared');
  });

  it('settles from when it was learned of, not from its report: after an outage the reports are old', () => {
    const facts = conferenceFacts([ANNA, BEN, CLEO], agreed, {
      recording: conferenceRecording({ learnedAt: minute(20) }),
    });
    expect(given(facts).at(minute(20))).toMatchObject({ rule: 'conference-settling' });
  });

  it('does not settle before a refusal counts, nor where somebody agreed for all to all of it', () => {
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator' });
    const withNo = [...agreed, answer('refused', { callSid: BEN, at: 0 })];
    expect(given(conferenceFacts([ANNA, BEN, CLEO], withNo)).at(minute(0)).outcome).toBe('refused');
    expect(given(conferenceFacts([ANNA], [forAll])).at(minute(0))).toMatchObject({ purposes: ['store', 'transcribe'] });
    const toStore = { ...forAll, purposes: ['record'] as const };
    expect(given(conferenceFacts([ANNA], [toStore])).at(minute(0))).toMatchObject({ purposes: ['store'] });
    expect(given(conferenceFacts([ANNA], [toStore, ...agreed])).at(minute(0)).outcome).toBe('waiting');
  });

  it('waits for the one who did not answer, and names that one', () => {
    expect(given(conferenceFacts([ANNA, BEN, CLEO], agreed.slice(0, 2))).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'waiting',
      reason: `Not every participant of conference ${CONFERENCE} agreed; no answer from ${CLEO}.`,
      releasedBy: [
        `An agreement to recording recorded for call ${CLEO}.`,
        `An agreement recorded for the whole conference ${CONFERENCE}.`,
      ],
    });
  });

  it('is stored and not transcribed when one participant agreed to recording alone', () => {
    const consents = [...agreed.slice(0, 2), answer('granted', { callSid: CLEO, purposes: ['record'] })];
    expect(given(conferenceFacts([ANNA, BEN, CLEO], consents)).at(WITHIN_GRACE)).toMatchObject({ purposes: ['store'] });
  });

  // Of a webinar with more participants than one decision read, the last one's missing answer was not seen, and it was cleared.
  it('is not cleared by what was read where more is known, not even by an answer for all, and is refused all the same', () => {
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator' });
    const facts = conferenceFacts([ANNA, BEN, CLEO], [...agreed, forAll], { unread: ['participants'] });
    expect(given(facts).at(WITHIN_GRACE)).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringContaining('more participants than one decision reads'),
      releasedBy: [expect.stringContaining('stays at Twilio')],
    });
    expect(given(facts).at(AFTER_GRACE).outcome).toBe('withheld');
    const refused = { ...facts, consents: [...facts.consents, answer('refused', { callSid: BEN, at: 1 })] };
    expect(given(refused).at(WITHIN_GRACE).outcome).toBe('refused');
  });

  // A refusal goes with the metadata of its call: under a policy that asks for nothing, a recording reported after that was cleared.
  it('is withheld where what was known of a call has been removed, whatever is asked for, and refused by whoever is left', () => {
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator' });
    const facts = conferenceFacts([ANNA, BEN], [...agreed, forAll], { unread: ['forgotten'] });
    for (const consentMode of ['none', 'notice', 'explicit', 'by-rule'] as const) {
      expect(decideClearance(facts, { ...policy, consentMode }, minute(0))).toMatchObject({
        ...{ outcome: 'withheld', rule: 'call-forgotten' },
        reason: expect.stringContaining('nobody can tell whether somebody refused'),
      });
    }
    const refused = { ...facts, consents: [answer('refused', { callSid: BEN, at: 1 })] };
    expect(given(refused).at(WITHIN_GRACE).outcome).toBe('refused');
  });

  // It was cleared at once, and withheld only when its leg was reported and named the call that had been forgotten.
  it('waits until it has settled for a leg that may be of a call that was forgotten, whatever is asked for', () => {
    const facts = { ...callFacts([answer('granted')]), mayBeForgotten: true };
    const settled = new Date(facts.recording.learnedAt.getTime() + policy.conferenceSettleMs);
    for (const consentMode of ['none', 'notice', 'explicit', 'by-rule'] as const) {
      const clearance = (now: Date) => decideClearance(facts, { ...policy, consentMode }, now);
      expect(clearance(new Date(settled.getTime() - 1))).toMatchObject({ rule: 'leg-settling', reviewAt: settled });
      expect(clearance(settled).rule).not.toBe('leg-settling');
    }
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator' });
    const conference = { ...conferenceFacts([ANNA], [forAll]), mayBeForgotten: true };
    expect(decideClearance(conference, policy, conference.recording.learnedAt).rule).toBe('leg-settling');
  });

  it('waits while no participant is known', () => {
    expect(given(conferenceFacts([], agreed)).at(WITHIN_GRACE).outcome).toBe('waiting');
  });

  it('is cleared by an answer for the whole conference, participants known or not', () => {
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator' });
    expect(given(conferenceFacts([], [forAll])).at(WITHIN_GRACE).outcome).toBe('cleared');
    expect(given(conferenceFacts([ANNA, BEN], [forAll])).at(WITHIN_GRACE).outcome).toBe('cleared');
  });

  it('is refused by one participant even where somebody agreed for all', () => {
    const forAll = answer('granted', { conferenceSid: CONFERENCE, callSid: undefined, party: 'operator', at: 9 });
    const facts = conferenceFacts([ANNA, BEN], [forAll, answer('refused', { callSid: BEN })]);
    expect(given(facts).at(WITHIN_GRACE).outcome).toBe('refused');
  });

  it('names five of many who did not answer and counts the rest', () => {
    const many = Array.from({ length: 12 }, (_, index) => `CA${index.toString(16).padStart(32, '0')}`);
    expect(given(conferenceFacts(many)).at(WITHIN_GRACE).reason).toMatch(/ and 7 more\.$/);
  });
});
