import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import { hasPseudonyms } from '../../domain/custody.ts';
import { type Minimum, minimumSince } from '../../domain/due.ts';
import { legsOf } from '../facts.ts';
import type { Policies } from '../load-policies.ts';
import { entriesOf, lastStatusAt } from './call-due.ts';

/** What the law asks for of a call, counted from the last status of its legs; `undefined` where it asks for none of these classes. */
export type MinimumOfCall = (dataClass: 'metadata' | 'numbers') => Minimum | undefined;

export interface CallJudge {
  /**
   * Judges a call without recordings by its legs. The rule that fits each is written down as long as their numbers tell it, so that it goes
   * on to hold without them. `client` has the account's subjects locked.
   */
  judgeCall(client: ClientBase, accountSid: string, legs: readonly string[]): Promise<MinimumOfCall>;
}

export async function judgeCall(
  client: ClientBase,
  policies: Policies,
  accountSid: string,
  legs: readonly string[],
): Promise<MinimumOfCall> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.calls where account_sid = $1 and call_sid = any($2) order by call_sid for no key update',
    [accountSid, legs],
  );
  const policyFor = await policies.of(client, accountSid);
  const judged = entriesOf(rows, await tagsOf(client, accountSid, legs)).map((entry) => ({
    entry,
    policy: policyFor(entry),
  }));
  const rules = judged.map(({ entry, policy }) => (hasPseudonyms(entry) ? (entry.rule ?? policy.rule) : policy.rule));
  await client.query(
    `update ledger.calls leg set policy_rule = judged.rule from unnest($2::text[], $3::text[]) judged(call_sid, rule)
     where leg.account_sid = $1 and leg.call_sid = judged.call_sid and leg.policy_rule is distinct from judged.rule`,
    [accountSid, rows.map((row) => row.call_sid), rules.map((rule) => rule ?? null)],
  );
  const minimums = judged.flatMap(({ policy }) => policy.minimums);
  return (dataClass) => (rows.length === 0 ? undefined : minimumSince(lastStatusAt(rows), { minimums }, [dataClass]));
}

/** The same for the call that an event tells of, before its numbers are replaced with those of the event. */
export async function judgeCallOf(client: ClientBase, policies: Policies, { data }: OnrecordEvent): Promise<void> {
  const { accountSid, callSid } = data as { accountSid: string; callSid?: string };
  if (callSid !== undefined) await judgeCall(client, policies, accountSid, await legsOf(client, accountSid, [callSid]));
}

export async function tagsOf(client: ClientBase, accountSid: string, legs: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ tag: string }>(
    'select distinct unnest(tags) as tag from ledger.tags where account_sid = $1 and subject_sid = any($2)',
    [accountSid, legs],
  );
  return rows.map(({ tag }) => tag);
}
