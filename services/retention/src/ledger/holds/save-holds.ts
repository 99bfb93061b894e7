import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import type { RecordingEntry } from '../../domain/custody.ts';
import { isHeld } from '../../domain/held.ts';
import { updateRow } from '../rows.ts';

/**
 * Writes down which holds cover the recording, and what follows: under a hold its deletions rest and its objects are to be locked;
 * once there is none they go on and are to be unlocked. In the transaction that has its row locked.
 */
export async function saveHolds(
  client: ClientBase,
  row: QueryResultRow,
  known: RecordingEntry,
  entry: RecordingEntry,
  now: Date,
): Promise<void> {
  const { accountSid, recordingSid } = entry.facts.recording;
  const held = isHeld(entry);
  const columns = {
    ...(entry.inFlight !== known.inFlight && { in_flight: JSON.stringify(entry.inFlight ?? []) }),
    ...(held !== row.is_held && { is_held: held }),
  };
  if (Object.keys(columns).length > 0) {
    const key = { account_sid: accountSid, recording_sid: recordingSid };
    await updateRow(client, 'ledger.recordings', key, columns);
  }
  const key = { accountSid, recordingSid };
  if (held) {
    const isNew = await linkHolds(client, key, entry, now);
    if (isNew) await askForLock(client, key, true, now);
    await suspendDeletions(client, key);
  } else if (row.is_held) {
    await resumeDeletions(client, key, now);
    await askForLock(client, key, false, now);
  }
}

/** Where a deletion had begun, it is to be found out what is left. @returns whether one of them is new to the recording */
async function linkHolds(client: ClientBase, key: RecordingKey, entry: RecordingEntry, now: Date): Promise<boolean> {
  const fresh = entry.holds?.filter(({ coveredAt }) => coveredAt === undefined) ?? [];
  if (fresh.length === 0) return false;
  await client.query(
    `insert into ledger.hold_recordings (account_sid, hold_id, recording_sid, covered_at, settle_due_at)
     select $1, hold_id, $2, $4, case when exists (
       select from ledger.deletions where account_sid = $1 and recording_sid = $2
     ) then $4::timestamptz end
     from unnest($3::text[]) as hold_id on conflict do nothing`,
    [key.accountSid, key.recordingSid, fresh.map(({ holdId }) => holdId), now],
  );
  return true;
}

/** What comes later than the order to lock or unlock is a new order. */
async function askForLock(client: ClientBase, key: RecordingKey, isWanted: boolean, now: Date): Promise<void> {
  await client.query(
    `insert into ledger.object_locks as lock (account_sid, recording_sid, is_wanted, revision, due_at)
     values ($1, $2, $3, 1, $4)
     on conflict (account_sid, recording_sid) do update
     set is_wanted = $3, revision = lock.revision + 1, due_at = $4, attempts = 0`,
    [key.accountSid, key.recordingSid, isWanted, now],
  );
}

async function suspendDeletions(client: ClientBase, { accountSid, recordingSid }: RecordingKey): Promise<void> {
  await client.query({
    name: 'suspend-deletions',
    text: `update ledger.deletions set resume_at = next_attempt_at, next_attempt_at = null
           where account_sid = $1 and recording_sid = $2 and next_attempt_at is not null`,
    values: [accountSid, recordingSid],
  });
}

async function resumeDeletions(client: ClientBase, { accountSid, recordingSid }: RecordingKey, now: Date) {
  await client.query(
    `update ledger.deletions set next_attempt_at = greatest(resume_at, $3), resume_at = null
     where account_sid = $1 and recording_sid = $2 and resume_at is not null`,
    [accountSid, recordingSid, now],
  );
}

/** Something was said about the media of a recording that is to be locked: there may be more of it by now. */
export async function lockAgain(client: ClientBase, key: RecordingKey, now: Date): Promise<void> {
  await client.query({
    name: 'lock-again',
    text: `update ledger.object_locks set revision = revision + 1, due_at = $3
           where account_sid = $1 and recording_sid = $2 and is_wanted`,
    values: [key.accountSid, key.recordingSid, now],
  });
}
