import { randomUUID } from 'node:crypto';
import type { OnrecordEvent } from '@onrecord/shared/events';
import type { RecordingLedger } from '../change-recording.ts';
import { withdrawClearance } from '../clearance/withdraw-clearance.ts';
import { deletionNumbered, isFirst, withDeletion } from '../domain/begin-deletion.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { type Deletion, isOfObjects } from '../domain/deletion.ts';
import { deletedEvent } from '../domain/deletion-event.ts';
import { type DeletionAttempt, evolveDeletion, tookAnything } from '../domain/evolve-deletion.ts';
import { endAttempt } from '../domain/held.ts';
import type { DeleteContext } from '../places/delete-context.ts';
import { deleteObjects } from '../places/objects.ts';
import { deleteSource } from '../places/twilio.ts';
import type { DeletionKey } from './deletion-queue.ts';
import { lookAtResidue, lookOnceMore } from './look-once-more.ts';
import { type NoteBatch, notingBatches } from './note-batch.ts';

/** A deletion after an attempt at it, with its recording. */
export interface Attempted {
  entry: RecordingEntry;
  deletion: Deletion;
}

/**
 * One attempt at a deletion that has begun: tries every place, writes down what is there before it goes, then what is confirmed
 * and what is not, and tells the world only when all are gone. It can be repeated, and resumed after a crash, at any point. One
 * that is completed is looked at once more, and what it had to leave when its time is over.
 * @returns what came of an attempt
 */
export async function attemptDeletion(
  ledger: RecordingLedger,
  key: DeletionKey,
  context: DeleteContext,
): Promise<Attempted | undefined> {
  const { clock } = context;
  const known = await ledger.change(key, () => undefined);
  const deletion = known && deletionNumbered(known, key.deletion);
  if (known === undefined || deletion === undefined) return undefined;
  const id = randomUUID();
  const note = notingBatches(ledger, key, { clock, attempt: id, limits: context.batchLimits });
  if (deletion.lookedAgainAt !== undefined) await lookAtResidue(ledger, key, context);
  else if (deletion.completedAt !== undefined)
    await lookOnceMore(ledger, key, [known, deletion], { ...context, note, attempt: id });
  else return writeAttempt(ledger, key, await tryPlaces(known, deletion, { ...context, note }), { clock, id });
  return undefined;
}

async function tryPlaces(
  known: RecordingEntry,
  deletion: Deletion,
  { objects, source, clock, note }: DeleteContext & { note: NoteBatch },
): Promise<DeletionAttempt> {
  const unfiled = isOfObjects(deletion) ? await withdrawClearance(known, deletion, objects) : [];
  const [fromStore, fromTwilio] = await Promise.all([
    deleteObjects(objects, known, deletion, { clock, note, unfiled }),
    deleteSource(source, known, deletion, { clock, note, objects }),
  ]);
  return { objects: fromStore, ...fromTwilio };
}

async function writeAttempt(
  ledger: RecordingLedger,
  key: DeletionKey,
  attempt: DeletionAttempt,
  { clock, id }: { clock: () => Date; id: string },
): Promise<Attempted | undefined> {
  const entry = await ledger.change(key, (current) => {
    const before = deletionNumbered(current, key.deletion);
    // Another one that began meanwhile is not confirmed by what was looked at before.
    if (before === undefined) return undefined;
    const after = evolveDeletion(before, attempt, clock());
    const completed = before.completedAt === undefined && after.completedAt !== undefined;
    // The first one is always told of, a repeated one that found nothing is not.
    const isTold = completed && (isFirst(current, after) || tookAnything(after));
    const events: OnrecordEvent[] = isTold ? [deletedEvent(current.facts.recording, after)] : [];
    return { entry: endAttempt(withDeletion(current, after), id), events };
  });
  const deletion = entry && deletionNumbered(entry, key.deletion);
  return deletion && { entry, deletion };
}
