import { type Actor, type Answer, RETENTION } from './actor.ts';
import type { DataClass } from './data-class.ts';

export const DELETION_CAUSES = ['refusal', 'withdrawal', 'schedule', 'operator', 'erasure'] as const;
export type DeletionCause = (typeof DELETION_CAUSES)[number];

export interface DeletedObject {
  key: string;
  versionId?: string | undefined;
}

/** The recording's folder in the object store. */
export interface ObjectsProgress {
  /** What was there and was to be deleted, over all attempts; written down before any of it was touched. */
  found: readonly DeletedObject[];
  /** Everything that was deleted so far, over all attempts. */
  deleted: readonly DeletedObject[];
  /** When the listing that showed nothing was begun: what arrives later is not covered by it. */
  confirmedAt?: Date | undefined;
  failure?: string | undefined;
}

/** Twilio's copy. */
export interface SourceProgress {
  /** When Twilio last had its copy; written down before it was asked to delete it. */
  seenAt?: Date | undefined;
  outcome?: 'deleted' | 'already-gone' | undefined;
  confirmedAt?: Date | undefined;
  /** Until when Twilio goes on showing the metadata of what it deleted; absent where it shows none. */
  metadataUntil?: Date | undefined;
  failure?: string | undefined;
}

/** Another look at what a deletion had to leave behind. */
export interface ResidueCheck {
  residue: 'twilio-metadata';
  checkedAt: Date;
  outcome: 'gone' | 'still-there' | 'not-known';
  /** Why it could not be told. */
  reason?: string | undefined;
}

/** What a deletion follows from, as it was when it began. */
export interface DeletionGround {
  /** Whose request, or whose rule, it follows; not kept of the first deletions. */
  requestedBy?: Actor | Answer | undefined;
  /** By whose period it goes, where its cause is the schedule; `rule` where one of its rules fitted. Not kept of the first deletions. */
  policy?: { name: string; version: number; rule?: string | undefined } | undefined;
  /** Which erasure it carries out, where that is its cause; not kept of the first deletions. */
  erasureId?: string | undefined;
}

/** One run of a deletion: each of its places is tried in every attempt until all are confirmed in the same one. */
export interface Deletion extends DeletionGround {
  /** Counts this recording's deletions from 1, those of single classes among them. */
  number: number;
  /** What goes; everything where it names none. */
  classes?: readonly DataClass[] | undefined;
  cause: DeletionCause;
  startedAt: Date;
  attempts: number;
  /**
   * Once it is completed: when its folders are looked at once more, and after that when what Twilio had to keep is; absent when there
   * is nothing left to look at.
   */
  nextAttemptAt?: Date | undefined;
  objects: ObjectsProgress;
  source: SourceProgress;
  completedAt?: Date | undefined;
  /** When its folders, looked at once more, were found empty. */
  lookedAgainAt?: Date | undefined;
  residueChecks: readonly ResidueCheck[];
}

/** Which places a deletion is about. */
export const isOfObjects = ({ classes }: Pick<Deletion, 'classes'>): boolean =>
  classes === undefined || classes.some((each) => each !== 'twilio-copy');
export const isOfSource = ({ classes }: Pick<Deletion, 'classes'>): boolean =>
  classes === undefined || classes.includes('twilio-copy');

export const isOfSearchText = ({ classes }: Pick<Deletion, 'classes'>): boolean =>
  classes === undefined || classes.includes('transcript');

/** @param previous the latest of the recording's deletions */
export const startDeletion = (
  previous: Pick<Deletion, 'number'> | undefined,
  cause: DeletionCause,
  now: Date,
  { classes, requestedBy = RETENTION, policy, erasureId }: Pick<Deletion, 'classes'> & DeletionGround = {},
): Deletion => ({
  number: (previous?.number ?? 0) + 1,
  classes,
  cause,
  requestedBy,
  policy,
  erasureId,
  startedAt: now,
  attempts: 0,
  nextAttemptAt: now,
  objects: { found: [], deleted: [] },
  source: {},
  residueChecks: [],
});

/** The second look found nothing: what is left is what Twilio shows for a while. */
export const closeDeletion = (deletion: Deletion, now: Date): Deletion => ({
  ...deletion,
  lookedAgainAt: now,
  nextAttemptAt: deletion.source.metadataUntil,
});

/** Twilio is late with what it said it would forget, or cannot be asked: looked at again after this. */
const RESIDUE_RETRY_MS = 24 * 3_600_000;

/** Notes what a look at Twilio's metadata found, once the time that Twilio names for it was over. */
export const noteResidueCheck = (deletion: Deletion, check: ResidueCheck): Deletion => ({
  ...deletion,
  residueChecks: [...deletion.residueChecks, check],
  nextAttemptAt: check.outcome === 'gone' ? undefined : new Date(check.checkedAt.getTime() + RESIDUE_RETRY_MS),
});

/**
 * Notes what is about to be deleted, so that no crash can make it "nothing was there". A completed deletion has told what it did:
 * what is found after it, by the second look or by an attempt that was overtaken, begins another one.
 * @param latest of the recording's deletions: another one is numbered after it
 */
export function noteFound(
  deletion: Deletion,
  found: { objects?: readonly DeletedObject[]; seenAt?: Date },
  now: Date,
  latest: Pick<Deletion, 'number'> = deletion,
): Deletion {
  if (found.seenAt === undefined && (found.objects ?? []).length === 0) return deletion;
  const running = deletion.completedAt === undefined ? deletion : startDeletion(latest, deletion.cause, now, deletion);
  return {
    ...running,
    objects: { ...running.objects, found: union(running.objects.found, found.objects ?? []) },
    source: { ...running.source, seenAt: found.seenAt ?? running.source.seenAt },
  };
}

export function union(known: readonly DeletedObject[], more: readonly DeletedObject[]): DeletedObject[] {
  const byName = new Map([...known, ...more].map((object) => [`${object.key}\n${object.versionId ?? ''}`, object]));
  return [...byName.values()];
}
