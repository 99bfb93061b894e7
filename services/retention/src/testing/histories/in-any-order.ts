import fc from 'fast-check';
import { isHeld } from '../../domain/held.ts';
import { planDeletion } from '../../domain/plan-deletion.ts';
import { stateOf } from '../../domain/state.ts';
import type { History } from './history.ts';
import { ordered, reported, reports, withOwnIds } from './random-facts.ts';
import type { Fact } from './told.ts';

/** What people order. */
export const isOrdered = ({ kind }: Fact) => ['hold', 'release', 'erasure', 'policy'].includes(kind);

/** People know what was ordered before: their orders keep their places among each other, and everything else comes anywhere. */
function inOrder(facts: readonly Fact[], orders: readonly Fact[]): Fact[] {
  const left = [...orders];
  return facts.flatMap((fact) => (isOrdered(fact) ? (left.shift() ?? []) : fact));
}

/** Two archives of one recording differ in what is there; a transcript that somebody refused goes at once, also where a yes is told of later. */
function comparable(facts: readonly Fact[]): Fact[] {
  const isRefused = facts.some(({ kind, ...rest }) => 'consent' in rest && rest.consent.outcome !== 'granted');
  const stored = new Set<string>();
  return facts.filter((fact) => {
    if (fact.kind !== 'stored') return true;
    const name = `${fact.what} of ${fact.recording.recordingSid}`;
    if (stored.has(name) || (isRefused && fact.what === 'transcript')) return false;
    stored.add(name);
    return true;
  });
}

/** The same facts of one moment, once in one order and once in another with repetitions. */
export const twoTellings = fc
  .array(fc.oneof({ weight: 3, arbitrary: reported }, { weight: 1, arbitrary: ordered }), {
    maxLength: 30,
    size: 'max',
  })
  .map((facts) => withOwnIds([...reports, ...comparable(facts)]))
  .chain((facts) => fc.tuple(fc.constant(facts), fc.subarray(facts.filter((fact) => !isOrdered(fact)))))
  .chain(([facts, again]) => {
    const all = [...facts, ...again];
    return fc.tuple(fc.constant(facts), fc.shuffledSubarray(all, { minLength: all.length }));
  })
  .map(([once, again]) => [once, inOrder(again, once.filter(isOrdered))] as const);

/** Of what nothing is known any more: its SID, and what became of it where nothing keeps what came late. */
export const forgottenOf = (told: History) =>
  resultOf(told).flatMap((result) => {
    const row = told.ledger.rows.get(result.recordingSid);
    if (row?.kept.metadataRemovedAt === undefined) return [];
    return isHeld(told.ledger.load(row)) ? [{ recordingSid: result.recordingSid }] : [result];
  });

/** What has become of each recording; times to the second, since sweeps follow each other within it. */
export function resultOf({ ledger, places }: History) {
  return [...ledger.rows.values()]
    .map((row) => {
      const entry = ledger.load(row);
      const { clearance } = entry.decision ?? {};
      const { recordingSid } = entry.facts.recording;
      const there = [...new Set(places.namesOf(recordingSid)).add(`${places.atTwilio.has(recordingSid)}`)].toSorted();
      // What is to be erased is not decided on any more: what was decided before moves what the law keeps of it.
      if (entry.erasure !== undefined) return { recordingSid };
      const plan = planDeletion(entry, ledger.policyFor(entry));
      const deleteAfter = plan && Math.floor(plan.deleteAfter.getTime() / 1_000);
      const { outcome, rule } = clearance ?? {};
      // Of a clearance, the reason names who had agreed when it was made.
      const why = clearance?.outcome === 'cleared' ? clearance.purposes : clearance?.reason;
      return { recordingSid, there, state: stateOf(entry), ...{ outcome, rule, why, deleteAfter } };
    })
    .toSorted((a, b) => (a.recordingSid < b.recordingSid ? -1 : 1));
}
