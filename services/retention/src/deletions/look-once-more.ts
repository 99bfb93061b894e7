import { withdrawalsFolder } from '@onrecord/shared/events';
import type { RecordingLedger } from '../change-recording.ts';
import { beginDeletion, deletionNumbered, withDeletion } from '../domain/begin-deletion.ts';
import { type RecordingEntry, standingClearance } from '../domain/custody.ts';
import { closeDeletion, type Deletion, noteResidueCheck } from '../domain/deletion.ts';
import { endAttempt } from '../domain/held.ts';
import type { DeleteContext } from '../places/delete-context.ts';
import { messageOf } from '../places/failures.ts';
import { deleteObjects } from '../places/objects.ts';
import type { DeletionKey } from './deletion-queue.ts';
import type { NoteBatch } from './note-batch.ts';

/** Empties the folders of a completed deletion again; another one begins when there is anything, or when that cannot be told. */
export async function lookOnceMore(
  ledger: RecordingLedger,
  key: DeletionKey,
  [known, deletion]: readonly [RecordingEntry, Deletion],
  { objects, clock, note, attempt }: Pick<DeleteContext, 'objects' | 'clock'> & { note: NoteBatch; attempt: string },
): Promise<void> {
  const { failure } = isAllowedAgain(known, deletion)
    ? { failure: undefined }
    : await deleteObjects(objects, known, deletion, { clock, note });
  // Needed while a clearance could come round to what is being deleted, which has long been gone by now. Nothing of the recording is in it.
  if (failure === undefined && deletion.classes === undefined) await objects.deleteAllVersions(withdrawalsFolder(key));
  await ledger.change(key, (entry) => {
    const current = deletionNumbered(entry, key.deletion);
    if (current?.completedAt === undefined) return undefined;
    // Another one that began meanwhile, also with what was found just now, looks by itself: this one has nothing left to look at.
    if (isFollowed(entry, current)) return { entry: endAttempt(withoutLook(entry, current), attempt), events: [] };
    const next =
      failure === undefined
        ? withDeletion(entry, closeDeletion(current, clock()))
        : beginDeletion(withoutLook(entry, current), { ...current, now: clock() });
    return { entry: endAttempt(next, attempt), events: [] };
  });
}

/**
 * Whatever is begun in its place looks by itself, and so does an older one that still runs and takes the same; this one would find the
 * same again each time.
 */
const withoutLook = (entry: RecordingEntry, deletion: Deletion): RecordingEntry =>
  withDeletion(entry, { ...deletion, nextAttemptAt: undefined });

/** Whether other deletions of the same began after it, of each class one. */
const isFollowed = ({ deletion, partDeletions = [] }: RecordingEntry, { number, classes }: Deletion): boolean =>
  classes === undefined
    ? deletion?.number !== number
    : deletion !== undefined ||
      classes.every((each) => partDeletions.some((other) => other.number > number && other.classes?.includes(each)));

/** A transcript that went for want of consent, and may be made again since: what is there by now was made with it. */
const isAllowedAgain = ({ decision }: RecordingEntry, { classes, startedAt }: Deletion): boolean =>
  classes !== undefined &&
  !classes.includes('audio') &&
  decision?.clearance.outcome === 'cleared' &&
  decision.clearance.purposes.includes('transcribe') &&
  (standingClearance(decision)?.decidedAt ?? decision.decidedAt) > startedAt;

/**
 * Looks whether Twilio has forgotten by now what it goes on showing of a deleted recording. A recording that is there again is
 * deleted again.
 */
export async function lookAtResidue(
  ledger: RecordingLedger,
  key: DeletionKey,
  { source, clock }: Pick<DeleteContext, 'source' | 'clock'>,
): Promise<void> {
  const seen = await source.look(key).then(
    (shown) => ({ shown, outcome: shown === 'nothing' ? ('gone' as const) : ('still-there' as const) }),
    (error: unknown) => ({ shown: undefined, outcome: 'not-known' as const, reason: messageOf(error) }),
  );
  await ledger.change(key, (entry) => {
    const current = deletionNumbered(entry, key.deletion);
    if (current?.lookedAgainAt === undefined) return undefined;
    if (seen.shown === 'recording') {
      return { entry: beginDeletion(withoutLook(entry, current), { ...current, now: clock() }), events: [] };
    }
    const { shown, ...check } = seen;
    const checked = noteResidueCheck(current, { residue: 'twilio-metadata', checkedAt: clock(), ...check });
    return { entry: withDeletion(entry, checked), events: [] };
  });
}
