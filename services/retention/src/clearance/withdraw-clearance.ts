import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { type RecordingEntry, standingClearance } from '../domain/custody.ts';
import type { Deletion } from '../domain/deletion.ts';
import { fileWithdrawal } from './file-withdrawals.ts';

/**
 * Writes down, before a deletion takes anything away, that the standing clearance holds no more, and none that it took the place of: what
 * told of that may still wait for the event log. A transcription that waits for its
 * provider would find its archive gone and take the recording for one that was deleted at Twilio, or fetch it there once more.
 * @returns why it could not be; empty when it is there, or none is needed. What is to be deleted goes all the same, since a full
 * disk would keep it otherwise, but such an attempt completes nothing.
 */
export async function withdrawClearance(
  { decision, clearances = [], facts: { recording } }: Pick<RecordingEntry, 'decision' | 'clearances' | 'facts'>,
  { number, startedAt }: Pick<Deletion, 'number' | 'startedAt'>,
  store: Pick<ObjectStore, 'put'>,
): Promise<string[]> {
  const standing = standingClearance(decision);
  if (standing === undefined) return [];
  // As the event of this deletion will be called.
  const withdrawnBy = `recording:${recording.recordingSid}:deleted:${number}`;
  const withdrawal = { withdrawnBy, decidedAt: startedAt.toISOString() };
  try {
    for (const clearance of new Set([...clearances, standing.number])) {
      await fileWithdrawal(recording, { ...withdrawal, clearance }, store);
    }
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`that its clearance holds no more could not be written down: ${reason}`];
  }
}
