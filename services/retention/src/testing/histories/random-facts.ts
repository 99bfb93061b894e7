import fc from 'fast-check';
import { type Consent, NOTICE } from '../../domain/consent.ts';
import { CALL, CHILD, CONFERENCE, conferenceRecording, minute, recording, sid } from '../given.ts';
import { policyDocument } from './random-policies.ts';
import type { Fact } from './told.ts';

const [FIRST, SECOND] = [sid('CA', '1'), sid('CA', '2')];
const LEGS = [CALL, CHILD, FIRST, SECOND];
const ofCall = recording({ recordingSid: sid('RE', 'a') });
const ofConference = conferenceRecording({ recordingSid: sid('RE', 'b') });
const RECORDINGS = [ofCall, ofConference];

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const consent: fc.Arbitrary<Fact> = fc
  .record({
    consentId: fc.constant('consent'),
    place: fc.constantFrom({ conferenceSid: CONFERENCE }, ...[CALL, CALL, ...LEGS].map((callSid) => ({ callSid }))),
    party: fc.constantFrom('caller', 'caller', 'called'),
    outcome: fc.constantFrom<Consent['outcome'][]>('granted', 'granted', 'granted', 'granted', 'refused', 'withdrawn'),
    purposes: fc.constantFrom<Consent['purposes'][]>(
      ['record', 'transcribe'],
      ['record', 'transcribe'],
      ['record'],
      ['transcribe'],
    ),
    method: fc.constantFrom('key-press', 'key-press', NOTICE),
    recordedAt: fc.integer({ min: -10, max: 10 }).map(minute),
    expiresAt: maybe(fc.constantFrom(minute(-5), minute(120))),
  })
  .map(({ place, ...rest }) => ({ kind: 'consent', consent: { ...rest, ...place } }));

const call: fc.Arbitrary<Fact> = fc
  .tuple(fc.constantFrom(...LEGS), fc.constantFrom('in-progress', 'completed', 'completed', 'no-answer'))
  .map(([callSid, status]) => ({
    kind: 'call',
    call: {
      ...{ accountSid: ofCall.accountSid, callSid, status, statusAt: minute(status === 'in-progress' ? -5 : 0) },
      parentCallSid: callSid === CHILD ? CALL : undefined,
    },
  }));

const stored: fc.Arbitrary<Fact> = fc
  .tuple(fc.constantFrom(...RECORDINGS), fc.constantFrom('archive' as const, 'transcript' as const))
  .map(([of, what]) => ({ kind: 'stored', recording: of, what, id: what }));

const report: fc.Arbitrary<Fact> = fc
  .tuple(fc.constantFrom(...RECORDINGS), fc.constantFrom('completed', 'completed', 'in-progress'))
  .map(([of, status]) => ({ kind: 'recording', recording: { ...of, status } }));

/** What is told of the calls, in whatever order. */
export const reported: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 4, arbitrary: consent },
  { weight: 2, arbitrary: call },
  { weight: 2, arbitrary: stored },
  { weight: 2, arbitrary: report },
  { weight: 1, arbitrary: fc.constantFrom(FIRST, SECOND).map((callSid): Fact => ({ kind: 'participant', callSid })) },
);

const HOLDS = ['hld_a', 'hld_b'];

const hold: fc.Arbitrary<Fact> = fc
  .record({
    holdId: fc.constantFrom(...HOLDS),
    selector: fc.constantFrom(
      ...[...RECORDINGS.map(({ recordingSid }) => ({ recordingSid })), { callSid: FIRST }, { callSid: CHILD }],
      ...[{ wholeAccount: true }, { wholeAccount: true, until: minute(-5) }, { wholeAccount: true, from: minute(1) }],
    ),
  })
  .map((fields) => ({
    kind: 'hold',
    hold: { ...fields, matterId: 'mat_1', placedBy: 'person:a', placedAt: minute(0) },
  }));

const erasure: fc.Arbitrary<Fact> = fc
  .record({ callSid: fc.constantFrom(...LEGS), erasureId: fc.constant('erasure'), isShared: fc.boolean() })
  .map(({ callSid, ...order }) => ({ kind: 'erasure', callSid, order: { ...order, requestedAt: minute(0) } }));

/** What people order, each knowing what was ordered before. */
export const ordered: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 3, arbitrary: hold },
  { weight: 2, arbitrary: fc.constantFrom(...HOLDS).map((holdId): Fact => ({ kind: 'release', holdId })) },
  { weight: 1, arbitrary: erasure },
  { weight: 2, arbitrary: policyDocument.map((document): Fact => ({ kind: 'policy', document })) },
);

/** Time that passes, or is set back, and what the service does with it. */
export const passing: fc.Arbitrary<Fact> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(30_000, HOUR_MS, 25 * HOUR_MS, 4 * DAY_MS, 12 * DAY_MS, 40 * DAY_MS, -HOUR_MS, -10 * DAY_MS)
      .map((byMs): Fact => ({ kind: 'clock', byMs })),
  },
  { weight: 5, arbitrary: fc.constant<Fact>({ kind: 'sweep' }) },
  { weight: 1, arbitrary: fc.nat(3).map((after): Fact => ({ kind: 'outage', after })) },
);

/** In a history each recording is reported at some time: what Twilio never tells of cannot be known. */
export const reports: readonly Fact[] = RECORDINGS.map((of) => ({ kind: 'recording', recording: of }));

/** An id names one fact; a repetition is told under the same. */
export const withOwnIds = (facts: readonly Fact[]): Fact[] =>
  facts.map((fact, index) => {
    if (fact.kind === 'stored') return { ...fact, id: `${fact.id}:${index}` };
    if (fact.kind !== 'consent') return fact;
    return { ...fact, consent: { ...fact.consent, consentId: `consent:${index}` } };
  });
