import type { Actor } from './actor.ts';
import { consentedOf } from './consented.ts';
import type { Clearance, ClearanceFacts } from './decide-clearance.ts';
import type { Deletion } from './deletion.ts';
import { type ErasureOrder, isToBeErased, type SharedPolicy } from './erasure.ts';
import type { InFlight } from './held.ts';
import type { HeldBy } from './hold.ts';
import type { Company } from './speakers.ts';

/** A clearance that was written down: numbered, dated, and with the policy that it was made under. */
export interface Decision {
  /** Counts this recording's decisions from 1; a later one replaces an earlier one. */
  number: number;
  clearance: Clearance;
  policy: { name: string; version: number; rule?: string | undefined };
  decidedAt: Date;
  /** Only on a refusal: until then it can be undone. */
  deleteAfter?: Date | undefined;
  /** Of the decisions before it, the clearance that it leaves to be carried out as it is: what else was agreed to has changed alone. */
  continues?: StandingClearance | undefined;
  /** Since when it is cleared to be stored, where the transcription was called off, or an agreement to it ended, since then. */
  clearedAt?: Date | undefined;
}

/** Since when it is cleared to be stored; `undefined` where it is not. */
export const clearedSince = (decision: Decision | undefined): Date | undefined =>
  decision?.clearedAt ?? standingClearance(decision)?.decidedAt;

/** A clearance as it is carried out. */
interface StandingClearance {
  number: number;
  decidedAt: Date;
}

/** Which clearance holds, and since when; `undefined` where none does. */
export const standingClearance = (decision: Decision | undefined): StandingClearance | undefined =>
  decision?.clearance.outcome === 'cleared'
    ? (decision.continues ?? { number: decision.number, decidedAt: decision.decidedAt })
    : undefined;

/** Something of the recording reached our storage. */
interface StoredMedia {
  storedAt: Date;
}

/** As `recording.archived` has it. */
interface ArchiveWarning {
  kind: string;
  text: string;
}

export interface StepFailure {
  stage: string;
  reason: string;
  attempts: number;
  failedAt: Date;
}

/** One recording with everything that its future depends on. */
export interface RecordingEntry {
  facts: ClearanceFacts;
  /** Who speaks on which channel follows from it. */
  company?: Company | undefined;
  /** In E.164, of every leg of the call or conference. */
  numbers?: readonly string[] | undefined;
  /** Of its policy, the rule that fitted it when it was last planned. */
  rule?: string | undefined;
  /** Its numbers have been replaced by pseudonyms, all of them. */
  numbersReplacedAt?: Date | undefined;
  /** What was known of it has been removed: it is a name that is known again, and nothing else. */
  metadataRemovedAt?: Date | undefined;
  /** Set by the user, on the call or the conference. */
  tags?: readonly string[] | undefined;
  decision?: Decision | undefined;
  /** The numbers of all clearances that there were, without those that leave an earlier one to be carried out. */
  clearances?: readonly number[] | undefined;
  /**
   * `store` is the object store's own name; `prefix` is the recording's folder there, ending in `/`; `warnings` say where the audio is not
   * as Twilio reported it.
   */
  archive?: (StoredMedia & { store: string; prefix: string; warnings?: readonly ArchiveWarning[] }) | undefined;
  transcript?: StoredMedia | undefined;
  archiveFailure?: StepFailure | undefined;
  transcriptFailure?: StepFailure | undefined;
  /** An operator's own date, in place of the schedule. */
  deleteAfterOverride?: Date | undefined;
  /** Who set that date. */
  overrideBy?: Actor | undefined;
  /** What covers it of the erasures that were requested. */
  erasure?: ErasureOrder | undefined;
  deletion?: Deletion | undefined;
  /** Of single classes of its data, oldest first: the recording itself goes on. */
  partDeletions?: readonly Deletion[] | undefined;
  /** The holds that cover it: while there are any, nothing of it is deleted. */
  holds?: readonly HeldBy[] | undefined;
  /** Attempts at its deletion that may be taking something away. */
  inFlight?: readonly InFlight[] | undefined;
  /** When it was read, by the one clock that all processes share, which is the database's: what is in flight is judged by it. */
  readAt?: Date | undefined;
  /** When a media event last came although a deletion had begun, whether it said anything new or not. */
  lateMediaAt?: Date | undefined;
  /** The folder that a cleared event sent the transcriber to, archived yet or not. */
  prefix?: string | undefined;
}

/** A deletion that has begun cannot be taken back: some of the recording may be gone already. */
export const isDeletionBegun = (entry: RecordingEntry): boolean => entry.deletion !== undefined;

/** Media, or a step that may have left some, reached us after the last listing that showed nothing. */
export function hasLateMedia({ deletion, lateMediaAt }: RecordingEntry): boolean {
  const confirmedAt = deletion?.objects.confirmedAt;
  if (deletion?.completedAt === undefined || confirmedAt === undefined) return false;
  return lateMediaAt !== undefined && lateMediaAt >= confirmedAt;
}

/**
 * Only what Twilio completed is decided on. What was cleared once is from then on, also when it fails or goes at Twilio afterwards: what
 * was stored of it must still hear a refusal. Of what nothing is known any more nothing is decided, also where media came late.
 */
export const isDecidable = ({ facts, prefix, metadataRemovedAt }: RecordingEntry): boolean =>
  metadataRemovedAt === undefined && (facts.recording.status === 'completed' || prefix !== undefined);

/**
 * When the sweeper must decide again without a new event: at the end of what it waits for, and of an agreement that it is still to be
 * transcribed by. A recording that failed while it waited, or that is to be erased, has
 * nothing left to decide: it would be due for ever.
 */
export function reviewAt(entry: RecordingEntry, policy: SharedPolicy): Date | undefined {
  const isOpen = entry.deletion === undefined && isDecidable(entry) && !isToBeErased(entry.erasure, policy);
  const clearance = entry.decision?.clearance;
  if (!isOpen || clearance === undefined) return undefined;
  return clearance.outcome === 'waiting' ? clearance.reviewAt : endOfTranscribing(entry, clearance);
}

function endOfTranscribing({ transcript }: RecordingEntry, clearance: Clearance): Date | undefined {
  if (clearance.outcome !== 'cleared' || transcript || !clearance.purposes.includes('transcribe')) return undefined;
  return consentedOf(clearance).find(({ purpose }) => purpose === 'transcribe')?.until;
}

const PSEUDONYM_PREFIX = 'psn_';

/** Whether the number of a leg was replaced, by its schedule or by an erasure, also within a SIP address. */
export const hasPseudonyms = ({ numbers = [] }: Pick<RecordingEntry, 'numbers'>): boolean =>
  numbers.some((number) => number.includes(PSEUDONYM_PREFIX));
