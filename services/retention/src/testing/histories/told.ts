import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';
import { type Call, evolveCall } from '../../domain/call.ts';
import type { Consent } from '../../domain/consent.ts';
import { type ClearanceFacts, relevantConsents } from '../../domain/decide-clearance.ts';
import type { ErasureOrder } from '../../domain/erasure.ts';
import { covers, type HeldBy, type Hold } from '../../domain/hold.ts';
import { ruleBook } from '../../domain/jurisdictions/built-in.ts';
import type { Recording } from '../../domain/recording.ts';
import { placesRule } from '../../domain/who-must-agree.ts';
import { CONFERENCE } from '../given.ts';

/** What can happen in a history: reports, which come in any order, and orders of people, who know what they ordered before. */
export type Fact =
  | { kind: 'call'; call: Call }
  | { kind: 'participant'; callSid: string }
  | { kind: 'consent'; consent: Consent }
  | { kind: 'recording'; recording: Recording }
  /** `id` tells a second telling from a second storing. */
  | { kind: 'stored'; recording: Recording; what: 'archive' | 'transcript'; id: string }
  | { kind: 'policy'; document: PolicyDocument }
  | { kind: 'hold'; hold: Hold }
  | { kind: 'release'; holdId: string }
  | { kind: 'erasure'; callSid: string; order: ErasureOrder }
  /** The clock is set: mostly forward. */
  | { kind: 'clock'; byMs: number }
  | { kind: 'sweep' }
  /** The places go away once so many more things were deleted; the next sweep that finds them away brings them back. */
  | { kind: 'outage'; after: number };

const book = ruleBook();

/** What was told that belongs to no single recording. */
export interface Told {
  calls: Map<string, Call>;
  participants: Set<string>;
  consents: Map<string, Consent>;
  holds: Map<string, Hold>;
  erasures: readonly Erased[];
  /** Calls and conferences of which nothing is known any more. */
  forgotten: Set<string>;
}

interface Erased {
  callSid: string;
  order: ErasureOrder;
}

export const nothingTold = (): Told => ({
  calls: new Map(),
  participants: new Set(),
  consents: new Map(),
  holds: new Map(),
  erasures: [],
  forgotten: new Set(),
});

/** Keeps each fact once, as the ledger does. */
export function keep(told: Told, fact: Fact): void {
  if (sidsOf(fact).some((sid) => told.forgotten.has(sid))) return;
  if (fact.kind === 'call') told.calls.set(fact.call.callSid, evolveCall(told.calls.get(fact.call.callSid), fact.call));
  if (fact.kind === 'participant') told.participants.add(fact.callSid);
  if (fact.kind === 'consent') told.consents.set(fact.consent.consentId, fact.consent);
  if (fact.kind === 'hold' && !told.holds.has(fact.hold.holdId)) told.holds.set(fact.hold.holdId, fact.hold);
  if (fact.kind === 'release') {
    const hold = told.holds.get(fact.holdId);
    if (hold !== undefined) told.holds.set(hold.holdId, { ...hold, release: { by: 'person:b', at: hold.placedAt } });
  }
  if (fact.kind === 'erasure') told.erasures = [...told.erasures, fact].toSorted(byRequest);
}

/** What names the call or conference that a report tells of. */
function sidsOf(fact: Fact): string[] {
  if (fact.kind === 'participant') return [fact.callSid, CONFERENCE];
  if (fact.kind === 'call') return [fact.call.callSid, fact.call.parentCallSid ?? ''];
  return fact.kind === 'consent' ? [fact.consent.callSid ?? fact.consent.conferenceSid ?? ''] : [];
}

/** Everything goes that was told of these. */
export function forget(told: Told, sids: readonly string[]): void {
  for (const sid of sids) {
    told.forgotten.add(sid);
    told.calls.delete(sid);
    told.participants.delete(sid);
  }
  for (const [consentId, { callSid, conferenceSid }] of told.consents) {
    if (sids.includes(callSid ?? conferenceSid ?? '')) told.consents.delete(consentId);
  }
}

const byRequest = (a: Erased, b: Erased) => a.order.requestedAt.getTime() - b.order.requestedAt.getTime();

/** Everything that decides on the recording, as the ledger reads it. */
export function factsOf(recording: Recording, { calls, participants, consents }: Told): ClearanceFacts {
  const own = recording.callSid === undefined ? [] : [recording.callSid];
  const children = [...calls.values()].filter(({ parentCallSid = '' }) => own.includes(parentCallSid));
  const legs = [...own, ...children.map(({ callSid }) => callSid)].toSorted();
  const joined = recording.conferenceSid === undefined ? [] : [...participants].toSorted();
  const parties = [...legs, ...joined].flatMap((callSid) => {
    const call = calls.get(callSid);
    if (call === undefined) return [];
    const tookPart = call.status !== 'no-answer';
    return [{ callSid, side: 'from' as const, isPerson: true, places: [], tookPart }];
  });
  const around = { recording, legs, participants: joined, parties, unread: [] };
  return { ...around, places: placesRule(around, book), consents: relevantConsents(around, [...consents.values()]) };
}

/** @param once what covered it before covers it until its release */
export function holdsOn(
  { recording, legs, participants }: ClearanceFacts,
  { holds }: Told,
  once: Set<string>,
): HeldBy[] {
  const { recordingSid, startedAt } = recording;
  const subject = { recordingSid, startedAt, legs: [...legs, ...participants], numbers: [] };
  return [...holds.values()]
    .filter((hold) => hold.release === undefined && (once.has(hold.holdId) || covers(hold.selector, subject)))
    .map(({ holdId, matterId }) => ({ holdId, matterId }));
}

export const erasureOf = ({ legs, participants }: ClearanceFacts, { erasures }: Told): ErasureOrder | undefined =>
  erasures.find(({ callSid }) => legs.includes(callSid) || participants.includes(callSid))?.order;
