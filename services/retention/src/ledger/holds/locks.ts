import type { Pool } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import { type TakeDue, takeDueRows } from '../take-due.ts';
import { inTenant } from '../tenancy.ts';

/** The legal holds that a recording's objects are to have. */
export interface LockOrder extends RecordingKey {
  isWanted: boolean;
  revision: number;
  /** How often it failed so far. */
  attempts: number;
  leasedUntil: Date;
}

export interface LockResult {
  enforcement: 'ledger' | 'object-lock';
  confirmedAt?: Date | undefined;
  /** Versions that read back as they are to be. */
  versions?: number | undefined;
  failure?: string | undefined;
  retryAt?: Date | undefined;
}

/** Takes what is due and nobody is at: of two orders for a recording the later one waits for the earlier. */
export async function takeDueLocks(pool: Pool, wanted: TakeDue): Promise<LockOrder[]> {
  const rows = await takeDueRows(pool, LOCKS, wanted);
  return rows.map((row) => ({
    accountSid: row.account_sid,
    recordingSid: row.recording_sid,
    isWanted: row.is_wanted,
    revision: row.revision,
    attempts: row.attempts,
    leasedUntil: row.leased_until,
  }));
}

const LOCKS = { table: 'object_locks', key: ['recording_sid'], dueAt: 'due_at', leasedUntil: 'leased_until' };

/** Writes down what came of it; what was ordered meanwhile stays due. */
export const finishLock = (pool: Pool, order: LockOrder, result: LockResult) =>
  inTenant(pool, order.accountSid, async (client) => {
    await client.query(
      `update ledger.object_locks set leased_until = null, enforcement = $4, confirmed_at = $5, versions = $6, failure = $7,
         attempts = case when $7::text is null then 0 else attempts + 1 end,
         due_at = case when revision = $3 then $8::timestamptz else due_at end
       where account_sid = $1 and recording_sid = $2 and leased_until = $9`,
      [
        ...[order.accountSid, order.recordingSid, order.revision, result.enforcement, result.confirmedAt],
        ...[result.versions, result.failure, result.retryAt, order.leasedUntil],
      ],
    );
  });
