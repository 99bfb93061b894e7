import type { Pool } from 'pg';
import type { DecisionObserver, RecordingLedger } from '../change-recording.ts';
import { decideRecording } from '../clearance/decide-recording.ts';
import type { Erasure } from '../domain/erasure.ts';
import { toBeTranscribed } from '../ledger/erasures/to-be-transcribed.ts';
import { inTenant } from '../ledger/tenancy.ts';

interface CallOffDeps extends DecisionObserver {
  pool: Pool;
  ledger: RecordingLedger;
  clock: () => Date;
}

/** Each is a transaction of a few milliseconds, while somebody waits for the answer; few calls of a person are transcribed at a time. */
const AT_ONCE_MAX = 200;

/**
 * Decides at once on recordings that an erasure covers and that are to be transcribed, or are being: nothing of them is to go to a
 * provider any more. What is left of them, or fails, is the sweeper's, which goes through all that is covered.
 */
export async function callOffTranscriptions(
  { pool, ledger, clock, onDecision }: CallOffDeps,
  erasure: Erasure,
): Promise<void> {
  try {
    const keys = await inTenant(pool, erasure.accountSid, (client) => toBeTranscribed(client, erasure, AT_ONCE_MAX));
    for (const key of keys) await decideRecording(ledger, key, { now: clock(), onDecision });
  } catch {
    // The erasure stands since its commit, whatever happens here.
  }
}
