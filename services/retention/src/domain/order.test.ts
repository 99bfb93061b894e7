import { CONSENT_MODES } from '@onrecord/shared/policy/policy-schema';
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
import { type Consent, NOTICE } from './consent.ts';
import type { Decision } from './custody.ts';
import { decide } from './decide.ts';
import { relevantConsents } from './decide-clearance.ts';
import { ruleBook } from './jurisdictions/built-in.ts';
import type { RetentionPolicy } from './policy.ts';
import { evolveRecording, type Recording } from './recording.ts';
import { stateOf } from './state.ts';
import { type Party, placesRule } from './who-must-agree.ts';

type Fact =
  | { kind: 'call'; call: Call }
  | { kind: 'recording'; recording: Recording }
  | { kind: 'participant'; callSid: string }
  | { kind: 'consent'; consent: Consent; number?: string | undefined }
  /** Time passes, and the sweeper looks. */
  | { kind: 'moment'; at: Date };

const book = ruleBook();

/** Where the numbers of these tests are; the last one is nowhere. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  '+12125550100': ['US-NY'],
  '+14155550100': ['US-CA'],
  '+14165550100': ['CA-ON'],
  '+18005550100': [],
};
const NUMBERS = Object.keys(PLACES);

/** The ends of the legs, as the ledger reads them; the person is on `from` of an inbound leg and on `to` of another. */
const partiesOf = (calls: Iterable<Call>, among: readonly string[]): (Party & { number: string })[] =>
  [...calls]
    .filter(({ callSid }) => among.includes(callSid))
    .flatMap(({ callSid, direction, status, from = '', to = '' }) =>
      (['from', 'to'] as const).map((side) => ({
        ...{ callSid, side, number: side === 'from' ? from : to, tookPart: status !== 'no-answer' },
        isPerson: (direction === 'inbound') === (side === 'from'),
        places: PLACES[side === 'from' ? from : to] ?? [],
      })),
    );

/** What the ledger does with the same facts, in memory: keeps each once, and decides after each. */
function replay(
  facts: readonly Fact[],
  start: Date,
  rules: RetentionPolicy,
  onFact: (now: Date, decision?: Decision) => void = () => undefined,
) {
  let now = start;
  let known: Recording | undefined;
  let decision: Decision | undefined;
  let prefix: string | undefined;
  const calls = new Map<string, Call>();
  const participants = new Set<string>();
  const consents = new Map<string, { consent: Consent; number?: string | undefined }>();
  const entry = (of: Recording) => {
    const family = [...calls.values()].some((call) => call.parentCallSid === CALL) ? [CALL, CHILD] : [of.callSid ?? ''];
    const legs = of.conferenceSid === undefined ? family : [];
    const ends = partiesOf(calls.values(), [...legs, ...participants]);
    const around = {
      ...{ recording: of, legs, participants: [...participants], unread: [] },
      parties: ends.map(({ number: _, ...party }) => party).sort((a, b) => (a.callSid < b.callSid ? -1 : 1)),
    };
    const answers = [...consents.values()].flatMap(({ consent: given, number }) => {
      if (number === undefined) return given;
      const on = ends.filter((end) => end.isPerson && end.number === number);
      return on.map(({ callSid }) => ({ ...given, callSid, conferenceSid: undefined, isByNumber: true }));
    });
    const all = { ...around, places: placesRule(around, book) };
    return entryOf({ ...all, consents: relevantConsents(all, answers) }, { decision, prefix });
  };
  for (const fact of facts) {
    if (fact.kind === 'call') calls.set(fact.call.callSid, evolveCall(calls.get(fact.call.callSid), fact.call));
    if (fact.kind === 'recording') known = evolveRecording(known, fact.recording);
    if (fact.kind === 'participant') participants.add(fact.callSid);
    if (fact.kind === 'consent') consents.set(fact.consent.consentId, fact);
    if (fact.kind === 'moment' && fact.at > now) now = fact.at;
    if (known !== undefined) decision = decide(entry(known), rules, now) ?? decision;
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
  place: fc.oneof(
    fc.constantFrom(...[CALL, CALL, CALL, CHILD, ...LEGS].map((callSid) => ({ callSid })), {
      conferenceSid: CONFERENCE,
    }),
    fc.constantFrom(...NUMBERS.map((number) => ({ number }))),
  ),
  party: fc.constantFrom('caller', 'caller', 'called'),
  outcome: fc.constantFrom(
    'granted' as const,
    'granted' as const,
    'granted' as const,
    'refused' as const,
    'withdrawn' as const,
  ),
  purposes: fc.constantFrom<Consent['purposes'][]>(
    ['record', 'transcribe'],
    ['record', 'transcribe'],
    ['record'],
    ['transcribe'],
    ['analyse'],
  ),
  method: fc.constantFrom('key-press', NOTICE),
  recordedAt: fc.integer({ min: -10, max: 10 }).map(minute),
  expiresAt: fc.constantFrom(undefined, undefined, undefined, minute(-5), minute(29), minute(120)),
});

const consentFact = consent.map(
  ({ place, ...rest }): Fact => ({
    kind: 'consent',
    ...('number' in place ? { consent: rest, number: place.number } : { consent: { ...rest, ...place } }),
  }),
);

const callFact = fc
  .record({
    callSid: fc.constantFrom(CALL, CALL, CALL, ...LEGS),
    progress: fc.constantFrom(['initiated', 0], ['ringing', 1], ['in-progress', 2], ['completed', 3], ['no-answer', 3]),
  })
  .map(
    ({ callSid, progress: [status, sequenceNumber] }): Fact => ({
      kind: 'call',
      call: {
        accountSid: recording().accountSid,
        callSid,
        parentCallSid: callSid === CHILD ? CALL : undefined,
        direction: callSid === CHILD ? 'outbound-dial' : 'inbound',
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

/** Which numbers are on which leg: every telling of a leg has the same. */
const [NEW_YORK, , ONTARIO] = NUMBERS;
const number = fc.constantFrom(NEW_YORK, NEW_YORK, ONTARIO, ONTARIO, ...NUMBERS, '');
const ends = fc.array(fc.tuple(number, number), { minLength: LEGS.length, maxLength: LEGS.length });

const withNumbers = (
  facts: readonly Fact[],
  numbers: readonly (readonly [string | undefined, string | undefined])[],
): Fact[] =>
  facts.map((fact) => {
    if (fact.kind !== 'call') return fact;
    const [from, to] = numbers[LEGS.indexOf(fact.call.callSid)] ?? [];
    return { ...fact, call: { ...fact.call, from, to } };
  });

const history = fc
  .tuple(
    fc.oneof(
      fc.tuple(recordingFacts(recording), fc.array(fc.oneof(consentFact, callFact), { maxLength: 10 })),
      fc.tuple(
        recordingFacts(conferenceRecording),
        fc.array(fc.oneof(consentFact, participantFact, callFact), { maxLength: 10 }),
      ),
    ),
    ends,
    // What is cleared rarely is asked for often.
    fc.constantFrom(...CONSENT_MODES, 'by-rule' as const, 'by-rule' as const, 'explicit' as const),
  )
  .map(([[reports, facts], numbers, consentMode]) => ({
    facts: withOwnIds([...reports, ...withNumbers(facts, numbers)]),
    rules: { ...policy, consentMode },
  }));

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

/** The answers to a purpose on a leg or for the conference, those by number of who is on the leg included; each with its party. */
function answersAt(facts: readonly Fact[], place: string, purpose: (typeof PURPOSES)[number]): Consent[] {
  const given = facts.flatMap((fact) => (fact.kind === 'consent' ? fact : []));
  const here = given.filter(
    ({ consent, number }) => number === undefined && (consent.callSid ?? consent.conferenceSid) === place,
  );
  const persons = facts.flatMap((fact) =>
    fact.kind === 'call' && fact.call.callSid === place ? (place === CHILD ? fact.call.to : fact.call.from) : [],
  );
  const byNumber = given.filter(
    ({ consent, number }) =>
      number !== undefined &&
      persons.includes(number) &&
      (consent.outcome === 'withdrawn' || consent.recordedAt <= MADE_AT),
  );
  const names = new Set(here.map(({ consent }) => consent.party));
  const spread = byNumber.flatMap(({ consent }) =>
    (names.size === 0 ? [consent.party] : [...names]).map((party) => ({ ...consent, party })),
  );
  return [...here.map(({ consent }) => consent), ...spread].filter((consent) => consent.purposes.includes(purpose));
}

const MADE_AT = minute(-5);

/** The promise, said apart from the code that keeps it: nobody refused, and who must agree, or be told, did. */
function isCovered(facts: readonly Fact[], now: Date, { consentMode }: RetentionPolicy): boolean {
  const isConference = facts.some((fact) => fact.kind === 'recording' && fact.recording.conferenceSid !== undefined);
  const joined = facts.flatMap((fact) => (fact.kind === 'participant' ? fact.callSid : []));
  const calls = facts.flatMap((fact) => (fact.kind === 'call' ? fact.call : []));
  const isFamily = calls.some((call) => call.parentCallSid === CALL);
  const legs = isConference ? joined : isFamily ? [CALL, CHILD] : [CALL];
  const ended = (leg: string) =>
    calls.filter(({ callSid }) => callSid === leg).reduce<Call | undefined>(evolveCall, undefined);
  const answered = legs.filter((leg) => ended(leg)?.status !== 'no-answer');
  const asked = consentMode === 'by-rule' ? strictestOf(legs.map(ended)) : consentMode;
  const hasSettled = now.getTime() >= minute(0).getTime() + policy.conferenceSettleMs;
  return PURPOSES.every((purpose) => {
    const when = purpose === 'record' ? MADE_AT : now;
    const isRefused = (place: string) =>
      Object.values(Object.groupBy(answersAt(facts, place, purpose), ({ party }) => party)).some((answers = []) => {
        const real = answers.filter((answer) => answer.outcome !== 'granted' || answer.method !== NOTICE);
        const latest = Math.max(...real.map(({ recordedAt }) => recordedAt.getTime()));
        return real.some((answer) => answer.recordedAt.getTime() === latest && answer.outcome !== 'granted');
      });
    if ([...legs, ...(isConference ? [CONFERENCE] : [])].some(isRefused)) return false;
    const hasAgreed = (place: string) =>
      answersAt(facts, place, purpose).some(
        (answer) =>
          answer.outcome === 'granted' &&
          (answer.method !== NOTICE || asked === 'notice') &&
          (answer.expiresAt === undefined || answer.expiresAt > when),
      );
    const isWaitedFor = consentMode === 'by-rule' || (isConference && asked !== 'none');
    if (isConference && hasAgreed(CONFERENCE)) return true;
    if (isWaitedFor && !hasSettled) return false;
    if (asked === 'none' || asked === 'one-party') return true;
    if (isConference) return joined.length > 0 && joined.every(hasAgreed);
    return consentMode === 'by-rule' ? [CALL, ...answered].every(hasAgreed) : hasAgreed(CALL);
  });
}

/** Of New York, Ontario, California and nowhere. */
function strictestOf(legs: readonly (Call | undefined)[]): string {
  const took = legs.filter((call) => call?.status !== 'no-answer');
  const places = took.flatMap((call) => (call === undefined ? [''] : [call.from ?? '', call.to ?? '']));
  if (
    places.length === 0 ||
    places.some((number) => number === '' || number === '+18005550100' || number === '+14155550100')
  ) {
    return 'all-party';
  }
  return places.includes('+14165550100') ? 'notice' : 'one-party';
}

const moments = fc
  .subarray([0, 29_999, 30_000, policy.gracePeriodMs])
  .map((delays) => delays.map((delay): Fact => ({ kind: 'moment', at: new Date(minute(0).getTime() + delay) })));

// A recording that failed at Twilio after it was cleared stayed cleared, whoever joined or refused afterwards.
it('in no order and no mode is anything cleared for transcription while a refusal stands or what is asked for is missing', {
  timeout: 120_000,
}, () => {
  const cleared = new Map<string, number>();
  const anyOrder = fc.tuple(history, moments).chain(([{ facts, rules }, times]) => {
    const all = [...facts, ...times];
    return fc.record({ rules: fc.constant(rules), facts: fc.shuffledSubarray(all, { minLength: all.length }) });
  });
  fc.assert(
    fc.property(anyOrder, ({ facts, rules }) => {
      let count = 0;
      replay(facts, minute(0), rules, (now, decision) => {
        count += 1;
        if (decision?.clearance.outcome !== 'cleared' || !decision.clearance.purposes.includes('transcribe')) return;
        cleared.set(decision.clearance.rule, (cleared.get(decision.clearance.rule) ?? 0) + 1);
        expect(isCovered(facts.slice(0, count), now, rules)).toBe(true);
      });
    }),
    { numRuns: 10_000 },
  );
  const rules = ['call-party-agrees', 'call-party-told', 'every-participant-agrees', 'every-participant-told'];
  const byRule = ['no-consent-asked', 'one-party-rule', 'notice-rule', 'all-party-rule'];
  for (const rule of [...rules, ...byRule]) expect([rule, cleared.has(rule)]).toEqual([rule, true]);
});

it('any order and repetition of the same events ends in the same decision', { timeout: 120_000 }, () => {
  const shuffled = history.chain(({ facts: once, rules }) =>
    fc.record({
      once: fc.constant(once),
      rules: fc.constant(rules),
      again: fc
        .subarray(once)
        .chain((repeated) => fc.shuffledSubarray([...once, ...repeated], { minLength: once.length + repeated.length })),
      now: fc.constantFrom(minute(30), minute(61)),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ once, again, now, rules }) => {
      const { state, ...rest } = replay(again, now, rules);
      const { state: expectedState, ...expected } = replay(once, now, rules);
      // A recording that failed after it was decided keeps its decision; one that failed before never gets any.
      const failed = once.some((fact) => fact.kind === 'recording' && fact.recording.status === 'failed');
      if (failed) expect(rest.recording).toEqual(expected.recording);
      else expect({ state, ...rest }).toEqual({ state: expectedState, ...expected });
    }),
    { numRuns: 5_000 },
  );
});
