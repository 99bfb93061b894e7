import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { type RecordingEntry, standingClearance } from '../domain/custody.ts';
import type { Deletion } from '../domain/deletion.ts';
import { fileWithdrawal } from './file-withdrawals.ts';

type Cleared = Pick<RecordingEntry, 'decision' | 'clearances' | 'facts'>;
type Begun = Pick<Deletion, 'number' | 'classes' | 'startedAt'>;

/**
 * Writes down, before a deletion takes anything away, that no clearance holds any more that there was, whatever stands by now: what
 * told that one was taken back may still wait for the event log, and that one be carried out. A transcription that waits for its
 * provider would find its archive gone and take the recording for one that was deleted at Twilio, or fetch it there once more.
 * @returns why it could not be; empty when it is there, or none is needed. What is to be deleted goes all the same, since a full
 * disk would keep it otherwise, but such an attempt completes nothing.
 */
export async function withdrawClearance(
  known: Cleared,
  deletion: Begun,
  store: Pick<ObjectStore, 'put'>,
): Promise<string[]> {
  const { recording } = known.facts;
  // As the event of this deletion will be called.
  const withdrawnBy = `recording:${recording.recordingSid}:deleted:${deletion.number}`;
  const withdrawal = { withdrawnBy, decidedAt: deletion.startedAt.toISOString() };
  try {
    for (const clearance of endedBy(known, deletion)) {
      await fileWithdrawal(recording, { ...withdrawal, clearance }, store);
    }
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`that its clearance holds no more could not be written down: ${reason}`];
  }
}

/** The numbers of the clearances that the deletion leaves nothing to do. */
function endedBy({ decision, clearances = [] }: Cleared, deletion: Begun): ReadonlySet<number> {
  const standing = standingClearance(decision);
  if (standing === undefined) return new Set(clearances);
  const ended = new Set([...clearances, standing.number]);
  if (goesOn({ decision }, deletion)) ended.delete(standing.number);
  return ended;
}

/** What keeps the audio and makes no transcript, or makes one anew, has nothing to do with a transcript that goes. */
function goesOn({ decision }: Pick<RecordingEntry, 'decision'>, { classes, startedAt }: Begun): boolean {
  const clearance = decision?.clearance;
  const standing = standingClearance(decision);
  if (clearance?.outcome !== 'cleared' || standing === undefined) return false;
  if (classes === undefined || classes.includes('audio')) return false;
  return !clearance.purposes.includes('transcribe') || standing.decidedAt > startedAt;
}
