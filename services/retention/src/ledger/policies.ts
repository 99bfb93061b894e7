import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Actor } from '../domain/actor.ts';
import { optional } from './rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** A version of a policy of an account, as it is kept. */
export interface StoredPolicy {
  accountSid: string;
  name: string;
  version: number;
  state: 'draft' | 'active' | 'superseded';
  source: string;
  document: PolicyDocument;
  draftedAt: Date;
  draftedBy: Actor;
  activatedAt?: Date | undefined;
  activatedBy?: Actor | undefined;
  supersededAt?: Date | undefined;
}

export type PolicyKey = Pick<StoredPolicy, 'accountSid' | 'name' | 'version'>;

/** One change of an account's policies at a time: a version is counted once, and one policy holds. */
export async function lockPolicies(client: Queryable, accountSid: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`ledger.policies ${accountSid}`]);
}

/** The newest version of this name. To be called with the account's policies locked. */
export async function latestVersion(
  client: Queryable,
  accountSid: string,
  name: string,
): Promise<StoredPolicy | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.policies where account_sid = $1 and name = $2 order by version desc limit 1',
    [accountSid, name],
  );
  return rows[0] && toPolicy(rows[0]);
}

export async function insertDraft(client: Queryable, policy: StoredPolicy, mark: string): Promise<void> {
  const { accountSid, name, version, source, document, draftedAt, draftedBy } = policy;
  await client.query(
    `insert into ledger.policies (account_sid, name, version, mark, source, document, drafted_at, drafted_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [accountSid, name, version, mark, source, JSON.stringify(document), draftedAt, JSON.stringify(draftedBy)],
  );
}

export async function findPolicy(client: Queryable, key: PolicyKey): Promise<StoredPolicy | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.policies where account_sid = $1 and name = $2 and version = $3',
    [key.accountSid, key.name, key.version],
  );
  return rows[0] && toPolicy(rows[0]);
}

export async function findActive(client: Queryable, accountSid: string): Promise<StoredPolicy | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.policies where account_sid = $1 and state = 'active'`,
    [accountSid],
  );
  return rows[0] && toPolicy(rows[0]);
}

/** Which version holds, without reading it: it never changes. `undefined` where none does. */
export async function activeKey(client: Queryable, accountSid: string): Promise<PolicyKey | undefined> {
  const { rows } = await client.query<{ name: string; version: number }>({
    name: 'active-policy',
    text: `select name, version from ledger.policies where account_sid = $1 and state = 'active'`,
    values: [accountSid],
  });
  return rows[0] && { accountSid, ...rows[0] };
}

/** The account's present policy is superseded, and the draft holds; without a draft, the built-in policy. */
export async function replaceActive(
  client: Queryable,
  { accountSid, draft, now, by }: { accountSid: string; draft: PolicyKey | undefined; now: Date; by: Actor },
): Promise<void> {
  await client.query(
    `update ledger.policies set state = 'superseded', superseded_at = $2 where account_sid = $1 and state = 'active'`,
    [accountSid, now],
  );
  if (draft === undefined) return;
  await client.query(
    `update ledger.policies set state = 'active', activated_at = $4, activated_by = $5
     where account_sid = $1 and name = $2 and version = $3`,
    [accountSid, draft.name, draft.version, now, JSON.stringify(by)],
  );
}

/** Those of the accounts that have such a version, in order. */
export async function holdersOfVersion(
  client: Queryable,
  accounts: readonly string[],
  { name, version }: Omit<PolicyKey, 'accountSid'>,
): Promise<string[]> {
  const { rows } = await client.query<{ account_sid: string }>(
    'select account_sid from ledger.policies where account_sid = any($1) and name = $2 and version = $3 order by account_sid',
    [accounts, name, version],
  );
  return rows.map((row) => row.account_sid);
}

export interface PolicyPosition {
  draftedAt: Date;
  name: string;
  version: number;
}

/** Newest first. @returns at most `limit` */
export async function listPolicies(
  client: Queryable,
  { accounts, after, limit }: { accounts: readonly string[]; after?: PolicyPosition | undefined; limit: number },
): Promise<StoredPolicy[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.policies
     where account_sid = any($1) and ($2::timestamptz is null or (drafted_at, name, version) < ($2, $3, $4))
     order by drafted_at desc, name desc, version desc limit $5`,
    [accounts, after?.draftedAt ?? null, after?.name ?? null, after?.version ?? null, limit],
  );
  return rows.map(toPolicy);
}

const toPolicy = (row: QueryResultRow): StoredPolicy => ({
  accountSid: row.account_sid,
  name: row.name,
  version: row.version,
  state: row.state,
  source: row.source,
  document: row.document,
  draftedAt: row.drafted_at,
  draftedBy: row.drafted_by,
  activatedAt: optional(row.activated_at),
  activatedBy: optional(row.activated_by),
  supersededAt: optional(row.superseded_at),
});
