import type { ClientBase } from 'pg';

type Queryable = Pick<ClientBase, 'query'>;

interface Subject {
  accountSid: string;
  /** A call or a conference. */
  subjectSid: string;
}

/** What a call or a conference is tagged with, locked until the transaction ends. */
export async function lockTags(client: Queryable, { accountSid, subjectSid }: Subject, now: Date): Promise<string[]> {
  // What is not there yet cannot be locked.
  await client.query(
    `insert into ledger.tags (account_sid, subject_sid, tags, set_at) values ($1, $2, '{}', $3) on conflict do nothing`,
    [accountSid, subjectSid, now],
  );
  const { rows } = await client.query<{ tags: string[] }>(
    'select tags from ledger.tags where account_sid = $1 and subject_sid = $2 for update',
    [accountSid, subjectSid],
  );
  return rows[0]?.tags ?? [];
}

/** Replaces what a call or a conference is tagged with; its tags are locked. */
export async function writeTags(
  client: Queryable,
  { accountSid, subjectSid, tags, now }: Subject & { tags: readonly string[]; now: Date },
): Promise<void> {
  await client.query('update ledger.tags set tags = $3, set_at = $4 where account_sid = $1 and subject_sid = $2', [
    accountSid,
    subjectSid,
    tags,
    now,
  ]);
}
