import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { Due, RecordingKey } from '../change-recording.ts';
import { isDatabaseAway } from './database-away.ts';
import { NOBODYS_MARK } from './decide-later.ts';
import { updateRow } from './rows.ts';
import { inTenant } from './tenancy.ts';

export interface DueQuery {
  due: Due;
  accountSid: string;
  now: Date;
  /** What `plan` compares with, the mark of the built-in policy; or `rules`, the version of the rules. */
  mark: string;
  limit: number;
}

export interface DueWork {
  /** Changes one locked row. @returns whether that put events into the outbox */
  apply(client: ClientBase, row: QueryResultRow): Promise<boolean>;
  /** The change of this recording failed, and is tried again later. */
  onFailed(key: RecordingKey, error: unknown): void;
}

/** What is wrong with a recording whose change failed takes a person or another version: it is left alone for so long. */
const FAILED_RETRY_MS = 600_000;

/**
 * Changes what is due in one transaction. Where that fails, and not because the database is away, each recording gets a transaction
 * of its own, so that one that cannot be changed holds up nobody but itself.
 */
export async function changeDueRows(pool: Pool, query: DueQuery, { apply, onFailed }: DueWork) {
  const changeAll = (only?: RecordingKey) =>
    inTenant(pool, query.accountSid, async (client) => {
      const rows = await selectDue(client, query, { only, locking: 'for no key update skip locked' });
      let published = false;
      for (const row of rows) published = (await apply(client, row)) || published;
      return { due: rows.length, failed: [] as RecordingKey[], published };
    });
  try {
    return await changeAll();
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
  }
  const rows = await inTenant(pool, query.accountSid, (client) => selectDue(client, query));
  const failed: RecordingKey[] = [];
  let published = false;
  for (const { account_sid: accountSid, recording_sid: recordingSid } of rows) {
    const key = { accountSid, recordingSid };
    try {
      published = (await changeAll(key)).published || published;
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      await putAside(pool, key, query.now);
      failed.push(key);
      onFailed(key, error);
    }
  }
  return { due: rows.length, failed, published };
}

const putAside = (pool: Pool, { accountSid, recordingSid }: RecordingKey, now: Date): Promise<void> =>
  inTenant(pool, accountSid, (client) =>
    updateRow(
      client,
      'ledger.recordings',
      { account_sid: accountSid, recording_sid: recordingSid },
      { sweep_after: new Date(now.getTime() + FAILED_RETRY_MS) },
    ),
  );

/** SQL for what a due date is compared with, or a mark: that of the account's own policy, else that of the built-in one. */
export const comparedWith = (due: Due, account: string): string =>
  due === 'plan'
    ? `coalesce((select mark from ledger.policies where account_sid = ${account} and state = 'active'), $2)`
    : `$2::${due === 'rules' || due === 'again' ? 'text' : 'timestamptz'}`;

/** Its value. */
export function comparison({ due, mark, now }: Pick<DueQuery, 'due' | 'mark' | 'now'>): string | Date {
  if (due === 'again') return NOBODYS_MARK;
  return due === 'plan' || due === 'rules' ? mark : now;
}

/**
 * How a column compares with what `comparedWith` gave, one range of its index each: both sides of a mark in one condition would have
 * all that stands by it, every recording as a rule, read in between.
 */
export const DUE: Readonly<Record<Due, { column: string; ranges: readonly string[] }>> = {
  review: { column: 'review_at', ranges: ['<='] },
  deletion: { column: 'delete_after', ranges: ['<='] },
  part: { column: 'part_due_at', ranges: ['<='] },
  plan: { column: 'planned_with', ranges: ['<', '>'] },
  rules: { column: 'rules_version', ranges: ['<', '>'] },
  again: { column: 'planned_with', ranges: ['='] },
};

/** Rows that another worker has locked are skipped where rows are locked: it is deciding on them at this moment. */
async function selectDue(
  client: Pick<ClientBase, 'query'>,
  query: DueQuery,
  { only, locking = '' }: { only?: RecordingKey | undefined; locking?: string } = {},
): Promise<QueryResultRow[]> {
  const { due, accountSid, now, limit } = query;
  const { column, ranges } = DUE[due];
  const found: QueryResultRow[] = [];
  for (const range of ranges) {
    const parameters: unknown[] = [accountSid, comparison(query), now, limit - found.length];
    const isWanted = only === undefined ? 'true' : `recording_sid = $${parameters.push(only.recordingSid)}`;
    const { rows } = await client.query<QueryResultRow>(
      `select * from ledger.recordings recording
       where account_sid = $1 and ${column} ${range} (select ${comparedWith(due, '$1')})
         and (sweep_after is null or sweep_after <= $3) and ${isWanted}
       order by ${column} limit $4 ${locking}`,
      parameters,
    );
    found.push(...rows);
  }
  return found;
}
