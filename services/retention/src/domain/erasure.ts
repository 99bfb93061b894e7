import type { SHARED_CALLS } from '@onrecord/shared/policy/policy-schema';
import type { Actor } from './actor.ts';

/**
 * What becomes of a recording that has other people's voices, too: it goes as well, it stays and nobody reads it in ordinary use, or it
 * stays as it was, with pseudonyms in place of the person's number.
 */
export type SharedCalls = (typeof SHARED_CALLS)[number];

/** An erasure that covers a recording: one that was asked for when the recording had begun. */
export interface ErasureOrder {
  erasureId: string;
  requestedAt: Date;
  /** Who asked for it. */
  requestedBy?: Actor | undefined;
  /** At least two outside numbers were on the call or in the conference: the person's and somebody else's. */
  isShared: boolean;
  /** Later requests that cover it as well: each has to show what became of it. */
  alsoBy?: readonly string[] | undefined;
}

export interface SharedPolicy {
  sharedCalls: SharedCalls;
}

/** Whether the recording is to go because of it, as soon as nothing keeps it. */
export const isToBeErased = (erasure: ErasureOrder | undefined, { sharedCalls }: SharedPolicy): boolean =>
  erasure !== undefined && (!erasure.isShared || sharedCalls === 'erase');

/** Whether the recording may not be read in ordinary use while it is still there. */
export const isRestricted = (erasure: ErasureOrder | undefined, { sharedCalls }: SharedPolicy): boolean =>
  erasure !== undefined && !(erasure.isShared && sharedCalls === 'keep-with-pseudonym');

/**
 * Received; running while calls and recordings are worked on; waiting for a hold to be released or for a statutory minimum to pass;
 * completed when all that is free is gone. What is still somewhere else then is named as a residue.
 */
export const ERASURE_STATES = ['received', 'running', 'waiting', 'completed'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** A request that everything held on a person, or of a call, be erased. */
export interface Erasure {
  accountSid: string;
  erasureId: string;
  /** The person's pseudonym; a call has none. */
  party?: string | undefined;
  callSid?: string | undefined;
  state: ErasureState;
  requestedAt: Date;
  requestedBy: Actor;
  /** What began later is not covered. A request that joins this one moves it ahead. */
  coversUntil: Date;
  /** How far the work on calls has come. */
  lastCallSid?: string | undefined;
  /** Of calls that are covered, as far as they were worked on. */
  legs: number;
  /** Of these, whose rows keep the number until a hold or a statutory minimum ends. */
  legsKept: number;
  /** When the first statutory minimum ends that keeps some of these; absent where none does. */
  legsKeptUntil?: Date | undefined;
  /** The source of that minimum. */
  legsKeptFor?: string | undefined;
  /** When no number of the subject was left in the ledger. */
  ledgerDoneAt?: Date | undefined;
  completedAt?: Date | undefined;
  /** When it is looked at next; while a worker has it, when another one may take it. */
  nextLookAt?: Date | undefined;
}

/** Something that is still there of what was erased, elsewhere or in another form. */
export interface Residue {
  /** Names it among those of its erasure. */
  residue: string;
  what: string;
  why: string;
  /** When it will be gone; absent where nobody knows. */
  until?: Date | undefined;
  checkedAt?: Date | undefined;
  /** What the last look at it showed. */
  finding?: string | undefined;
  goneAt?: Date | undefined;
}
