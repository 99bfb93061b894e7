import type { ClientBase } from 'pg';

interface NamedVersion {
  key: string;
  versionId?: string | undefined;
}

/** What was found of a recording when a hold stopped its deletion. */
interface SavedByHold {
  /** Objects that were there. */
  kept: number;
  gone: NamedVersion[];
  twilio: 'gone' | 'kept' | 'unknown';
}

/** @returns `undefined` where no hold that stands came upon a deletion that had begun, or where it is not known yet what was left */
export async function findSaved(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  recordingSid: string,
): Promise<SavedByHold | undefined> {
  const { rows } = await client.query<{ kept: number; gone: NamedVersion[]; source: 'gone' | 'kept' | null }>(
    `select objects_kept as kept, objects_gone as gone, source
     from ledger.hold_recordings link join ledger.holds hold using (account_sid, hold_id)
     where account_sid = $1 and link.recording_sid = $2 and released_at is null and objects_kept is not null
     order by covered_at limit 1`,
    [accountSid, recordingSid],
  );
  const [row] = rows;
  return row && { kept: row.kept, gone: row.gone, twilio: row.source ?? 'unknown' };
}

/** Whether an object, or the version of it that is known, was gone. */
export const wasGone = ({ gone }: SavedByHold, { key, versionId }: NamedVersion): boolean =>
  gone.some(
    (each) => each.key === key && (each.versionId === undefined || each.versionId === (versionId ?? each.versionId)),
  );
