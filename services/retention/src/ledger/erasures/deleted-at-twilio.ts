import type { ClientBase } from 'pg';

/** How many recordings of an erasure were deleted at Twilio, until when it shows their metadata, and of how many it was seen not to. */
export async function metadataAtTwilio(
  client: ClientBase,
  { accountSid, erasureId }: { accountSid: string; erasureId: string },
): Promise<{ recordings: number; until: Date | null; gone: number }> {
  const { rows } = await client.query<{ recordings: number; until: Date | null; gone: number }>(
    `select count(distinct recording_sid)::integer as recordings, max(source_metadata_until) as until,
       count(distinct recording_sid) filter (where residue_checks @> '[{"outcome": "gone"}]')::integer as gone
     from ledger.erasure_items item join ledger.deletions using (account_sid, recording_sid)
     where item.account_sid = $1 and item.erasure_id = $2 and source_outcome = 'deleted'`,
    [accountSid, erasureId],
  );
  return rows[0] ?? { recordings: 0, until: null, gone: 0 };
}
