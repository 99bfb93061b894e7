import type { ClientBase, Pool } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import { type TakeDue, takeDueRows } from '../take-due.ts';
import { inTenant } from '../tenancy.ts';

interface StoredObject {
  key: string;
  versionId?: string | undefined;
}

/** What was found of a recording that came under a hold when its deletion had begun. */
export interface Found {
  objects: readonly StoredObject[];
  /** Twilio's copy; `undefined` where Twilio could not be asked. */
  source: 'gone' | 'kept' | undefined;
}

/** Takes recordings whose turn it is, and puts them ahead, so that nobody else looks at the same time. */
export async function takeDueSettlements(pool: Pool, wanted: TakeDue): Promise<RecordingKey[]> {
  const rows = await takeDueRows(pool, SETTLEMENTS, wanted);
  const keys = rows.map((row) => ({ accountSid: row.account_sid, recordingSid: row.recording_sid }));
  return [...new Map(keys.map((key) => [key.recordingSid, key])).values()];
}

const SETTLEMENTS = { table: 'hold_recordings', key: ['hold_id', 'recording_sid'], dueAt: 'settle_due_at' };

/** Looked at again then. */
export const deferSettlement = (pool: Pool, { accountSid, recordingSid }: RecordingKey, until: Date) =>
  inTenant(pool, accountSid, async (client) => {
    await client.query(
      `update ledger.hold_recordings set settle_due_at = $3
       where account_sid = $1 and recording_sid = $2 and settle_due_at is not null`,
      [accountSid, recordingSid, until],
    );
  });

/**
 * Writes down what was gone when the hold came: what was noted to be deleted and is not there. Once and for good.
 * @param retryAt when Twilio is asked again, where it did not answer
 */
export const settle = (
  pool: Pool,
  { accountSid, recordingSid }: RecordingKey,
  { found, now, retryAt }: { found: Found; now: Date; retryAt: Date },
) =>
  inTenant(pool, accountSid, async (client) => {
    const there = new Set(found.objects.map(nameOf));
    const gone = (await notedObjects(client, { accountSid, recordingSid })).filter(
      (object) => !there.has(nameOf(object)),
    );
    const isKnown = found.source !== undefined;
    await client.query(
      `update ledger.hold_recordings set objects_gone = $3, objects_kept = $4, source = $5,
         settled_at = $6::timestamptz, settle_due_at = $7::timestamptz
       where account_sid = $1 and recording_sid = $2 and settle_due_at is not null`,
      [
        ...[accountSid, recordingSid, JSON.stringify(gone), found.objects.length, found.source],
        ...[isKnown ? now : null, isKnown ? null : retryAt],
      ],
    );
  });

const nameOf = ({ key, versionId }: StoredObject) => `${key}\n${versionId ?? ''}`;

/** Everything that any deletion of the recording has noted. */
async function notedObjects(client: ClientBase, { accountSid, recordingSid }: RecordingKey): Promise<StoredObject[]> {
  const { rows } = await client.query<{ objects: StoredObject[] }>(
    `select objects_found || objects_deleted as objects from ledger.deletions
     where account_sid = $1 and recording_sid = $2 order by deletion`,
    [accountSid, recordingSid],
  );
  const objects = rows.flatMap((row) => row.objects).map(({ key, versionId }) => ({ key, versionId }));
  return [...new Map(objects.map((object) => [nameOf(object), object])).values()];
}

/** Those that came under this hold when their deletion had begun, and of which it is not known yet what was gone. */
export const unsettledOf = (pool: Pool, accountSid: string, holdId: string, limit: number): Promise<RecordingKey[]> =>
  inTenant(pool, accountSid, async (client) => {
    const { rows } = await client.query<{ recording_sid: string }>(
      `select recording_sid from ledger.hold_recordings
       where account_sid = $1 and hold_id = $2 and settle_due_at is not null order by settle_due_at limit $3`,
      [accountSid, holdId, limit],
    );
    return rows.map((row) => ({ accountSid, recordingSid: row.recording_sid }));
  });
