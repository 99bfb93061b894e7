import { NothingToDoError } from '@onrecord/shared/event-log/failure-policy';
import { withdrawalKey } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { atStage } from './at-stage.ts';
import type { Clearance } from './clearance.ts';
import { STAGES } from './domain/stages.ts';

/**
 * Returns when this clearance holds: no later decision has taken it back, and retention has begun no deletion of the recording.
 * @throws NothingToDoError when it does not; StageError `withdrawal` when that cannot be told: without an answer nothing goes on
 */
export async function stopIfWithdrawn(clearance: Clearance, store: Pick<ObjectStore, 'head'>): Promise<void> {
  const { decision } = clearance;
  const note = await atStage(STAGES.withdrawal, () => store.head(withdrawalKey(clearance, decision)));
  if (!note) return;
  const why = 'a later decision took it back, or Onrecord deletes the recording';
  throw new NothingToDoError(`decision ${decision} holds no more: ${why}; it is carried out no further`);
}

/**
 * Returns when the parties' agreement to the transcription holds at that moment: it must when a transcript is made, however long the clearance
 * was on its way. That the recording is stored stands.
 * @throws NothingToDoError when the agreement has ended
 */
export function stopIfAgreementEnded({ consented = [], decision }: Clearance, now: Date): void {
  const until = consented.find(({ purpose }) => purpose === 'transcribe')?.until;
  if (until === undefined || now < new Date(until)) return;
  const why = `the agreement to transcription that decision ${decision} goes by ended at ${until}`;
  throw new NothingToDoError(`${why}; another agreement has it transcribed`);
}

/** How the work on a recording learns that its clearance was taken back. */
interface Watch extends Disposable {
  /** Aborted with the `NothingToDoError` that ends the work. */
  signal: AbortSignal;
}

/** Looks every so often whether the clearance was taken back, until it is disposed of. What cannot be told is looked for again. */
export function watchForWithdrawal(clearance: Clearance, store: Pick<ObjectStore, 'head'>, everyMs: number): Watch {
  const withdrawn = new AbortController();
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      await stopIfWithdrawn(clearance, store);
    } catch (error) {
      if (error instanceof NothingToDoError) withdrawn.abort(error);
    } finally {
      isLooking = false;
    }
  }, everyMs);
  return { signal: withdrawn.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
