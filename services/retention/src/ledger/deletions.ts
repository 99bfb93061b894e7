import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { RecordingKey } from '../change-recording.ts';
import type { DeletionKey } from '../deletions/deletion-queue.ts';
import type { Deletion, ResidueCheck } from '../domain/deletion.ts';
import { insertIfNew, optional, updateRow } from './rows.ts';
import { inTenant } from './tenancy.ts';

/** @param before as it was read; what it says of the next attempt is left as it is by now, where that is not changed */
export async function writeDeletion(
  client: ClientBase,
  recording: RecordingKey,
  deletion: Deletion,
  before: Deletion | undefined,
): Promise<void> {
  const key = {
    account_sid: recording.accountSid,
    recording_sid: recording.recordingSid,
    deletion: deletion.number,
  };
  const columns = {
    classes: deletion.classes,
    cause: deletion.cause,
    requested_by: deletion.requestedBy,
    policy: deletion.policy,
    erasure_id: deletion.erasureId,
    started_at: deletion.startedAt,
    attempts: deletion.attempts,
    // The worker that is at it may have renewed its lease since: the older end would take it from it.
    ...(before && isSameTime(before.nextAttemptAt, deletion.nextAttemptAt)
      ? {}
      : { next_attempt_at: deletion.nextAttemptAt }),
    objects_found: JSON.stringify(deletion.objects.found),
    objects_deleted: JSON.stringify(deletion.objects.deleted),
    objects_confirmed_at: deletion.objects.confirmedAt,
    objects_failure: deletion.objects.failure,
    source_seen_at: deletion.source.seenAt,
    source_outcome: deletion.source.outcome,
    source_confirmed_at: deletion.source.confirmedAt,
    source_metadata_until: deletion.source.metadataUntil,
    source_failure: deletion.source.failure,
    completed_at: deletion.completedAt,
    looked_again_at: deletion.lookedAgainAt,
    residue_checks: JSON.stringify(deletion.residueChecks),
  };
  if (!(await insertIfNew(client, 'ledger.deletions', { ...key, ...columns }))) {
    return updateRow(client, 'ledger.deletions', key, columns);
  }
  // This one looks wherever an earlier one, of the same or of a part of it, would have looked once more.
  await client.query(
    `update ledger.deletions set next_attempt_at = null
     where account_sid = $1 and recording_sid = $2 and deletion < $3 and completed_at is not null and next_attempt_at is not null
       and ($4::text[] is null or classes <@ $4)`,
    [recording.accountSid, recording.recordingSid, deletion.number, deletion.classes],
  );
}

const isSameTime = (a: Date | undefined, b: Date | undefined) => a?.getTime() === b?.getTime();

export const toDeletion = (row: QueryResultRow): Deletion => ({
  number: row.deletion,
  classes: optional(row.classes),
  cause: row.cause,
  requestedBy: optional(row.requested_by),
  policy: optional(row.policy),
  erasureId: optional(row.erasure_id),
  startedAt: row.started_at,
  attempts: row.attempts,
  nextAttemptAt: optional(row.next_attempt_at),
  objects: {
    found: row.objects_found,
    deleted: row.objects_deleted,
    confirmedAt: optional(row.objects_confirmed_at),
    failure: optional(row.objects_failure),
  },
  source: {
    seenAt: optional(row.source_seen_at),
    outcome: optional(row.source_outcome),
    confirmedAt: optional(row.source_confirmed_at),
    metadataUntil: optional(row.source_metadata_until),
    failure: optional(row.source_failure),
  },
  completedAt: optional(row.completed_at),
  lookedAgainAt: optional(row.looked_again_at),
  residueChecks: row.residue_checks.map((check: ResidueCheck) => ({ ...check, checkedAt: new Date(check.checkedAt) })),
});

/** One account whose Twilio does not answer leaves the others their turn; each attempt holds little but a connection. */
const ACCOUNTS_AT_ONCE = 4;

/**
 * Takes deletions that are to be attempted now, oldest first and at most `limit` of an account, and puts their next attempt a
 * lease ahead: other workers pass them by, and a worker that dies loses them only until then.
 */
export async function takeDueDeletions(
  pool: Pool,
  { accounts, now, leaseMs, limit }: { accounts: readonly string[]; now: Date; leaseMs: number; limit: number },
): Promise<DeletionKey[]> {
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string; recording_sid: string; deletion: number }>(
      `update ledger.deletions taken set next_attempt_at = $3
     from (
       select ready.* from unnest($1::text[]) configured(account_sid) cross join lateral (
         select account_sid, recording_sid, deletion, next_attempt_at from ledger.deletions
         where account_sid = configured.account_sid and next_attempt_at <= $2 order by next_attempt_at limit $4
         for update skip locked
       ) ready order by ready.next_attempt_at limit $5
     ) due
     where (taken.account_sid, taken.recording_sid, taken.deletion) = (due.account_sid, due.recording_sid, due.deletion)
     returning taken.account_sid, taken.recording_sid, taken.deletion`,
      [accounts, now, new Date(now.getTime() + leaseMs), limit, limit * ACCOUNTS_AT_ONCE],
    ),
  );
  return rows.map(({ deletion, ...row }) => ({
    accountSid: row.account_sid,
    recordingSid: row.recording_sid,
    deletion,
  }));
}

/** Moves a lease that is still as it was taken. @returns false when the attempt was written down, or somebody else took over */
export async function renewLease(
  pool: Pool,
  { accountSid, recordingSid, deletion }: DeletionKey,
  { from, until }: { from: Date; until: Date },
): Promise<boolean> {
  const { rowCount } = await inTenant(pool, accountSid, (client) =>
    client.query(
      `update ledger.deletions set next_attempt_at = $4
     where account_sid = $1 and recording_sid = $2 and deletion = $5 and next_attempt_at = $3`,
      [accountSid, recordingSid, from, until, deletion],
    ),
  );
  return rowCount === 1;
}
