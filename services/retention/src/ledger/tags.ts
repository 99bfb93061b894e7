import type { ClientBase } from 'pg';

/** Replaces what a call or a conference is tagged with. */
export async function writeTags(
  client: Pick<ClientBase, 'query'>,
  { accountSid, subjectSid, tags, now }: { accountSid: string; subjectSid: string; tags: readonly string[]; now: Date },
): Promise<void> {
  await client.query(
    `insert into ledger.tags (account_sid, subject_sid, tags, set_at) values ($1, $2, $3, $4)
     on conflict (account_sid, subject_sid) do update set tags = excluded.tags, set_at = excluded.set_at`,
    [accountSid, subjectSid, tags, now],
  );
}
