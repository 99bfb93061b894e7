import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  CALL,
  CHILD,
  CONFERENCE,
  conferenceRecording,
  entryOf,
  minute,
  policy,
  recording,
  sid,
} from '../testing/given.ts';
import { type Call, evolveCall } from './call.ts';
import type { Consent } from './consent.ts';
import type { Decision } from './custody.ts';
import { decide } from './decide.ts';
import { relevantConsents } from './decide-clearance.ts';
import { evolveRecording, type Recording } from './recording.ts';
import { stateOf } from './state.ts';

type Fact =
  | { kind: 'call'; call: Call }
  | { kind: 'recording'; recording: Recording }
  | { kind: 'participant'; callSid: string }
  | { kind: 'consent'; consent: Consent }
  /** Time passes, and the sweeper looks. */
  | { kind: 'moment'; at: Date };

/** What the ledger does with the same facts, in memory: keeps each once, and decides after each. */
function replay(
  facts: readonly Fact[],
  start: Date,
  onFact: (now: Date, decision?: Decision) => void = () => undefined,
) {
  let now = start;
  let known: Recording | undefined;
  let decision: Decision | undefined;
  let prefix: string | undefined;
  const calls = new Map<string, Call>();
  const participants = new Set<string>();
  const consents = new Map<string, Consent>();
  const entry = (of: Recording) => {
    const family = [...calls.values()].some((call) => call.parentCallSid === CALL) ? [CALL, CHILD] : [of.callSid ?? ''];
    const around = {
      recording: of,
      legs: of.conferenceSid === undefined ? family : [],
      participants: [...participants],
      unread: [],
    };
    return entryOf({ ...around, consents: relevantConsents(around, [...consents.values()]) }, { decision, prefix });
  };
  for (const fact of facts) {
    if (fact.kind === 'call') calls.set(fact.call.callSid, evolveCall(calls.get(fact.call.callSid), fact.call));
    if (fact.kind === 'recording') known = evolveRecording(known, fact.recording);
    if (fact.kind === 'participant') participants.add(fact.callSid);
    if (fact.kind === 'consent') consents.set(fact.consent.consentId, fact.consent);
    if (fact.kind === 'moment' && fact.at > now) now = fact.at;
    if (known !== undefined) decision = decide(entry(known), policy, now) ?? decision;
    if (decision?.clearance.outcome === 'cleared') prefix = 'folder/';
    onFact(now, decision);
  }
  return {
    state: known && stateOf(entry(known)),
    outcome: decision?.clearance.outcome,
    rule: decision?.clearance.rule,
    purposes: decision?.clearance.outcome === 'cleared' ? decision.clearance.purposes : undefined,
    reason: decision?.clearance.outcome === 'cleared' ? undefined : decision?.clearance.reason,
    recording: known,
    calls: [...calls.values()].sort((a, b) => (a.callSid < b.callSid ? -1 : 1)),
  };
}

const LEGS = [CALL, CHILD, sid('CA', '1'), sid('CA', '2')];

const consent = fc.record({
  consentId: fc.integer({ min: 0, max: 1e9 }).map((number) => `consent:${number}`),
  place: fc.constantFrom(...LEGS.map((callSid) => ({ callSid })), { conferenceSid: CONFERENCE }),
  party: fc.constantFrom('caller', 'called'),
  outcome: fc.constantFrom('granted' as const, 'refused' as const),
  purposes: fc.constantFrom<Consent['purposes'][]>(['record', 'transcribe'], ['record'], ['transcribe']),
  recordedAt: fc.integer({ min: -10, max: 10 }).map(minute),
});

const consentFact = consent.map(
  ({ place, ...rest }): Fact => ({
    kind: 'consent',
    consent: { ...rest, ...place, method: 'key-press' },
  }),
);

const callFact = fc
  .record({
    callSid: fc.constantFrom(CALL, CHILD),
    progress: fc.constantFrom(['initiated', 0], ['ringing', 1], ['in-progress', 2], ['completed', 3]),
  })
  .map(
    ({ callSid, progress: [status, sequenceNumber] }): Fact => ({
      kind: 'call',
      call: {
        accountSid: recording().accountSid,
        callSid,
        parentCallSid: callSid === CHILD ? CALL : undefined,
        status: String(status),
        sequenceNumber: Number(sequenceNumber),
        statusAt: minute(Number(sequenceNumber) - 9),
      },
    }),
  );

/** The reports of one recording that Twilio can send, some of them with less in them than others. */
const recordingFacts = (make: (fields: Partial<Recording>) => Recording) =>
  fc.subarray<Fact>(
    [
      {
        kind: 'recording',
        recording: make({ status: 'in-progress', durationSeconds: undefined, reportedAt: minute(-5) }),
      },
      { kind: 'recording', recording: make({ status: 'completed' }) },
      { kind: 'recording', recording: make({ status: 'failed', errorCode: 16104, reportedAt: minute(1) }) },
    ],
    { minLength: 1 },
  );

const participantFact = fc.constantFrom(...LEGS).map((callSid): Fact => ({ kind: 'participant', callSid }));

const history = fc.oneof(
  fc.tuple(recordingFacts(recording), fc.array(fc.oneof(consentFact, callFact), { maxLength: 8 })),
  fc.tuple(recordingFacts(conferenceRecording), fc.array(fc.oneof(consentFact, participantFact), { maxLength: 8 })),
);

/**
 * A consent id names one fact, whatever else is generated: with one id for two answers, the ledger rightly knew of one alone, and the
 * promise was once held against both.
 */
const withOwnIds = (facts: readonly Fact[]): Fact[] =>
  facts.map((fact, index) =>
    fact.kind === 'consent'
      ? { ...fact, consent: { ...fact.consent, consentId: `${fact.consent.consentId}:${index}` } }
      : fact,
  );

const PURPOSES = ['record', 'transcribe'] as const;

/** The consents on a leg or for the conference whose party gave no later answer to the same purpose. */
function standing(facts: readonly Fact[], place: string, purpose: (typeof PURPOSES)[number]): Consent[] {
  const consents = facts
    .flatMap((fact) => (fact.kind === 'consent' ? fact.consent : []))
    .filter((consent) => (consent.callSid ?? consent.conferenceSid) === place && consent.purposes.includes(purpose));
  return consents.filter((consent) => {
    const same = consents.filter(({ party }) => party === consent.party);
    const latest = Math.max(...same.map(({ recordedAt }) => recordedAt.getTime()));
    return consent.recordedAt.getTime() === latest;
  });
}

/** The promise, said apart from the code that keeps it: nobody refused, and who must agree did. */
function allAgree(facts: readonly Fact[], now: Date): boolean {
  const isConference = facts.some((fact) => fact.kind === 'recording' && fact.recording.conferenceSid !== undefined);
  const joined = facts.flatMap((fact) => (fact.kind === 'participant' ? fact.callSid : []));
  const isFamily = facts.some((fact) => fact.kind === 'call' && fact.call.parentCallSid === CALL);
  const places = isConference ? [CONFERENCE, ...joined] : isFamily ? [CALL, CHILD] : [CALL];
  return PURPOSES.every((purpose) => {
    const answers = (place: string) => standing(facts, place, purpose).map(({ outcome }) => outcome);
    if (places.some((place) => answers(place).includes('refused'))) return false;
    const agreed = (place: string) => answers(place).includes('granted');
    if (!isConference) return agreed(CALL);
    const hasSettled = now.getTime() >= minute(0).getTime() + policy.conferenceSettleMs;
    return agreed(CONFERENCE) || (hasSettled && joined.length > 0 && joined.every(agreed));
  });
}

const moments = fc
  .subarray([0, 29_999, 30_000, policy.gracePeriodMs])
  .map((delays) => delays.map((delay): Fact => ({ kind: 'moment', at: new Date(minute(0).getTime() + delay) })));

// A recording that failed at Twilio after it was cleared stayed cleared, whoever joined or refused afterwards.
it('in no order is anything cleared for transcription while a refusal stands or an agreement is missing', () => {
  let cleared = 0;
  const anyOrder = fc.tuple(history, moments).chain(([[reports, facts], times]) => {
    const all = [...withOwnIds([...reports, ...facts]), ...times];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
  fc.assert(
    fc.property(anyOrder, (facts) => {
      let count = 0;
      replay(facts, minute(0), (now, decision) => {
        count += 1;
        if (decision?.clearance.outcome !== 'cleared' || !decision.clearance.purposes.includes('transcribe')) return;
        cleared += 1;
        expect(allAgree(facts.slice(0, count), now)).toBe(true);
      });
    }),
    { numRuns: 5_000 },
  );
  expect(cleared).toBeGreaterThan(100);
});

it('any order and repetition of the same events ends in the same decision', () => {
  const shuffled = history.chain(([reports, facts]) => {
    const once = withOwnIds([...reports, ...facts]);
    return fc.record({
      once: fc.constant(once),
      again: fc
        .subarray(once)
        .chain((repeated) => fc.shuffledSubarray([...once, ...repeated], { minLength: once.length + repeated.length })),
      now: fc.constantFrom(minute(30), minute(61)),
    });
  });
  fc.assert(
    fc.property(shuffled, ({ once, again, now }) => {
      const { state, ...rest } = replay(again, now);
      const { state: expectedState, ...expected } = replay(once, now);
      // A recording that failed after it was decided keeps its decision; one that failed before never gets any.
      const failed = once.some((fact) => fact.kind === 'recording' && fact.recording.status === 'failed');
      if (failed) expect(rest.recording).toEqual(expected.recording);
      else expect({ state, ...rest }).toEqual({ state: expectedState, ...expected });
    }),
    { numRuns: 2_000 },
  );
});
