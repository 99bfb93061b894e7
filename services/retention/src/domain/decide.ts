import { PURPOSES } from './consent.ts';
import { consentedOf, isSameConsent, refusalsOf } from './consented.ts';
import {
  clearedSince,
  type Decision,
  hasPseudonyms,
  isDecidable,
  isDeletionBegun,
  type RecordingEntry,
  standingClearance,
} from './custody.ts';
import { type Clearance, decideClearance } from './decide-clearance.ts';
import { hasTranscript } from './drop-transcript.ts';
import { isToBeErased } from './erasure.ts';
import { refusalDate } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

/**
 * Decides on a recording from everything that is known now.
 * @returns `undefined` where the standing decision still holds, where there is nothing to decide on, once a deletion has begun, and for
 * what is to be erased, whose parties' numbers are gone: that hears a refusal alone, and is transcribed no more
 */
export function decide(entry: RecordingEntry, policy: RetentionPolicy, now: Date): Decision | undefined {
  if (isDeletionBegun(entry) || isRefusalCarriedOut(entry) || !isDecidable(entry)) return undefined;
  const clearance = clearanceToBe(entry, policy, now);
  return clearance && decisionOf(clearance, entry, policy, now);
}

function clearanceToBe(entry: RecordingEntry, policy: RetentionPolicy, now: Date): Clearance | undefined {
  const clearance = readClearance(entry, policy, now);
  const previous = entry.decision;
  if (isToBeErased(entry.erasure, policy)) return toBeErased(entry, clearance);
  if (previous !== undefined && isSame(previous.clearance, clearance)) return undefined;
  return clearance;
}

function decisionOf(clearance: Clearance, entry: RecordingEntry, policy: RetentionPolicy, now: Date): Decision {
  const previous = entry.decision;
  const isContinued = continuesBefore(clearance, entry);
  return {
    number: (previous?.number ?? 0) + 1,
    clearance,
    policy: { name: policy.name, version: policy.version, ...(policy.rule !== undefined && { rule: policy.rule }) },
    decidedAt: now,
    deleteAfter: clearance.outcome === 'refused' ? refusalDeleteAfter(previous, policy, now) : undefined,
    continues: isContinued ? standingClearance(previous) : undefined,
    ...(goesOnBeingStored(clearance, previous, isContinued) && { clearedAt: clearedSince(previous) }),
  };
}

/**
 * Whether the clearance before goes on being carried out as it is. Whoever is still to transcribe goes by the end of the agreement that its
 * event names: another end is another clearance.
 */
function continuesBefore(clearance: Clearance, entry: RecordingEntry): boolean {
  const before = entry.decision?.clearance;
  if (before === undefined || !hasSamePurposes(before, clearance)) return false;
  return hasTranscript(entry) || endOfTranscribing(before) === endOfTranscribing(clearance);
}

const endOfTranscribing = (clearance: Clearance): number | undefined =>
  clearance.outcome === 'cleared' && clearance.purposes.includes('transcribe')
    ? consentedOf(clearance)
        .find(({ purpose }) => purpose === 'transcribe')
        ?.until?.getTime()
    : undefined;

const CALLED_OFF = 'erasure-requested';

/**
 * What the law and periods count from a clearance is not counted anew because the transcription is called off, by an erasure or by whoever
 * agreed to it, or because that agreement ends otherwise.
 */
function goesOnBeingStored(clearance: Clearance, previous: Decision | undefined, isContinued: boolean): boolean {
  if (clearance.outcome !== 'cleared' || previous?.clearance.outcome !== 'cleared') return false;
  return previous.clearedAt !== undefined || !isContinued;
}

/** It loses what was taken back, and gains nothing: an agreement of which something has ended still names the rest. */
function toBeErased(entry: RecordingEntry, clearance: Clearance): Clearance | undefined {
  const before = entry.decision?.clearance;
  if (!takesBack(clearance, entry.decision)) return calledOff(entry);
  if (clearance.outcome !== 'cleared' || before?.outcome !== 'cleared') return clearance;
  const had = consentedOf(before).map(({ purpose }) => purpose);
  return (
    calledOff(entry) ?? {
      ...clearance,
      purposes: clearance.purposes.filter((purpose) => before.purposes.includes(purpose)),
      consented: consentedOf(clearance).filter(({ purpose }) => had.includes(purpose)),
    }
  );
}

/**
 * What is to be erased, whatever keeps it for now, goes to no provider any more: a transcription that is queued or under way is called off as
 * by a withdrawal. That it may be stored stands, for what keeps it; a transcript that is there goes as everything does.
 */
function calledOff(entry: RecordingEntry): Clearance | undefined {
  const clearance = entry.decision?.clearance;
  if (clearance?.outcome !== 'cleared' || !clearance.purposes.includes('transcribe') || hasTranscript(entry)) return;
  return {
    ...clearance,
    purposes: clearance.purposes.filter((purpose) => purpose !== 'transcribe'),
    consented: consentedOf(clearance).filter(({ purpose }) => purpose === 'record'),
    rule: CALLED_OFF,
    reason: 'Its erasure was asked for before it was transcribed.',
  };
}

/** Of what was refused, the classes that no law keeps have begun to go: from then on nothing undoes the refusal. */
function isRefusalCarriedOut(entry: RecordingEntry): boolean {
  const refusedAt = refusalDate(entry);
  if (refusedAt === undefined) return false;
  const decidedAt = entry.decision?.decidedAt ?? refusedAt;
  return (entry.partDeletions ?? []).some(
    ({ cause, startedAt }) =>
      (cause === 'refusal' || cause === 'withdrawal') && startedAt >= refusedAt && startedAt >= decidedAt,
  );
}

/** Whether it ends work that may be going on: the transcription, or everything. */
function takesBack(clearance: Clearance, previous: Decision | undefined): boolean {
  if (clearance.outcome === 'refused' || clearance.rule === 'any-party-refuses') return true;
  const before = previous?.clearance;
  if (clearance.outcome !== 'cleared' || before?.outcome !== 'cleared') return false;
  const left = consentedOf(clearance).map(({ purpose }) => purpose);
  return (
    (before.purposes.includes('transcribe') && !clearance.purposes.includes('transcribe')) ||
    consentedOf(before).some(({ purpose }) => !left.includes(purpose))
  );
}

/**
 * Without its numbers, nobody can tell whose agreement was needed: what was decided stands, but for what somebody refuses, and for
 * what was agreed to until then.
 */
function readClearance(entry: RecordingEntry, policy: RetentionPolicy, now: Date): Clearance {
  const clearance = clearanceBy(entry, policy, now);
  const before = entry.decision?.clearance;
  const stands = isSettled(entry.decision) && hasPseudonyms(entry) && clearance.outcome !== 'refused';
  return stands && before !== undefined ? withoutWhatIsOver(before, entry, now) : clearance;
}

function withoutWhatIsOver(clearance: Clearance, { facts }: RecordingEntry, now: Date): Clearance {
  if (clearance.outcome !== 'cleared') return clearance;
  const ended = consentedOf(clearance).filter(({ until }) => until !== undefined && until <= now);
  const over = PURPOSES.filter(
    (purpose) => refusalsOf(facts, purpose, now).length > 0 || ended.some((each) => each.purpose === purpose),
  );
  const consented = consentedOf(clearance).filter(({ purpose }) => !over.includes(purpose));
  if (consented.length === consentedOf(clearance).length) return clearance;
  const purposes = clearance.purposes.filter((purpose) => purpose === 'store' || !over.includes(purpose));
  const reason = `What was decided before its numbers were replaced stands, but for what was refused or has ended: to ${over.join(' and to ')}.`;
  return { ...clearance, purposes, consented, reason };
}

/** What waits ends all the same: for what is never to come it would wait for ever. */
const isSettled = (decision: Decision | undefined): boolean =>
  decision !== undefined && decision.clearance.outcome !== 'waiting';

/** What the policy says of a recording at this moment, whatever was decided before. */
export const clearanceBy = ({ facts }: RecordingEntry, policy: RetentionPolicy, now: Date): Clearance =>
  byPolicy(decideClearance(facts, policy, now), policy);

/** What a policy makes of a clearance: it can keep what is refused at Twilio, and let nothing be transcribed. */
function byPolicy(clearance: Clearance, { onRefusal, transcribes }: RetentionPolicy): Clearance {
  if (clearance.outcome === 'refused' && onRefusal === 'withhold') {
    const { rule, reason, releasedBy } = clearance;
    return { outcome: 'withheld', rule, reason: `${reason} The policy leaves it at Twilio.`, releasedBy };
  }
  if (clearance.outcome !== 'cleared' || transcribes || !clearance.purposes.includes('transcribe')) return clearance;
  const reason = `${clearance.reason} The policy has nothing transcribed.`;
  return { ...clearance, reason, purposes: clearance.purposes.filter((purpose) => purpose !== 'transcribe') };
}

/** A second refusal does not put off the deletion that the first one scheduled. */
const refusalDeleteAfter = (previous: Decision | undefined, policy: RetentionPolicy, now: Date): Date =>
  previous?.deleteAfter ?? new Date(now.getTime() + policy.refusalDeletionDelayMs);

function isSame(a: Clearance, b: Clearance): boolean {
  if (a.outcome === 'cleared' && b.outcome === 'cleared') {
    return a.rule === b.rule && hasSamePurposes(a, b) && isSameConsent(consentedOf(a), consentedOf(b));
  }
  if (a.outcome === 'cleared' || b.outcome === 'cleared') return false;
  return a.outcome === b.outcome && a.rule === b.rule && a.reason === b.reason && reviewOf(a) === reviewOf(b);
}

/** Nothing about storing and transcribing is otherwise. */
const hasSamePurposes = (a: Clearance | undefined, b: Clearance): boolean =>
  a?.outcome === 'cleared' && b.outcome === 'cleared' && a.purposes.join() === b.purposes.join();

/** When a longer grace period moves the review, that is a decision too: otherwise the recording would stay due for ever. */
const reviewOf = (clearance: Clearance) => (clearance.outcome === 'waiting' ? clearance.reviewAt.getTime() : undefined);
