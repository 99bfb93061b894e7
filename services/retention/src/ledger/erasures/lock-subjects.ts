import type { ClientBase } from 'pg';

/**
 * Between an erasure and what writes facts: a fact that was being written when the erasure was requested is committed before its rows
 * are looked for, and one that is written afterwards sees the request. Likewise between a hold and what replaces numbers. The lock ends with the transaction; what it protects is to be
 * read by a later statement than this.
 */
export async function lockSubjects(client: ClientBase, accountSid: string, mode: 'share' | 'change'): Promise<void> {
  const lock = mode === 'share' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await client.query({
    name: `lock-subjects-${mode}`,
    text: `select ${lock}(hashtextextended('ledger.erased_subjects ' || $1, 0))`,
    values: [accountSid],
  });
}
