import type { ClientBase, QueryResultRow } from 'pg';
import type { PolicyFor } from '../domain/policy-for.ts';
import { RELATIVES } from '../ledger/facts.ts';
import { dueOf, mayBeDueBefore } from '../ledger/metadata/call-due.ts';

/** Calls are looked at after the recordings; no call has this SID, and none comes before it. */
export const BEFORE_CALLS = `CA${'0'.repeat(32)}`;

export const isOfCalls = (position: string): boolean => position.startsWith('CA');

interface Compared {
  accountSid: string;
  present: PolicyFor;
  next: PolicyFor;
  now: Date;
}

/** A call without recordings of which nothing would be known any more at once. */
export interface DueCall {
  callSid: string;
  /** When it would be removed, by the present policy and by the next; `undefined` for never. */
  before: Date | undefined;
  after: Date;
}

/**
 * Of a batch of calls, by their first legs, those that the next policy has removed at once and the present one does not. Holds are not
 * asked for, so that it can be fewer.
 * @returns `last`: absent after the last batch
 */
export async function findDueCalls(
  client: ClientBase,
  { accountSid, present, next, now }: Compared,
  after: string,
  limit: number,
): Promise<{ due: DueCall[]; last?: string | undefined }> {
  const until = mayBeDueBefore(accountSid, next, now);
  if (until === undefined) return { due: [] };
  const { rows: calls } = await client.query<{ call_sid: string; legs: string[] }>(
    `select first.call_sid, family.legs from (
       select call_sid from ledger.calls leg
       where account_sid = $1 and call_sid > $2 and status_at <= $3 and not exists (
         select from ledger.calls parent where parent.account_sid = $1 and parent.call_sid = leg.parent_call_sid
       ) order by call_sid limit $4
     ) first cross join lateral (
       with recursive legs(call_sid) as (select first.call_sid union ${RELATIVES})
       select array_agg(call_sid) as legs from legs
     ) family order by call_sid`,
    [accountSid, after, until, limit],
  );
  const legs = await loadLegs(
    client,
    accountSid,
    calls.flatMap((call) => call.legs),
  );
  const due = calls.flatMap((call): DueCall[] => {
    const own = call.legs.flatMap((sid) => legs.get(sid) ?? []);
    const [before, then] = [dueOfLegs(own, present), dueOfLegs(own, next)];
    return isDueNow(before, then, now) ? [{ callSid: call.call_sid, before, after: then }] : [];
  });
  return { due, last: calls.length < limit ? undefined : calls.at(-1)?.call_sid };
}

/** Whether it is due at once, and would not be by what was before. */
export const isDueNow = (before: Date | undefined, then: Date | undefined, now: Date): then is Date =>
  then !== undefined && then <= now && (before === undefined || before > now);

/** When a call without recordings goes, as its legs are tagged now; `undefined` for never, and where a recording decides that. */
export async function dueOfCall(
  client: ClientBase,
  accountSid: string,
  legs: readonly string[],
  policyFor: PolicyFor,
): Promise<Date | undefined> {
  return dueOfLegs([...(await loadLegs(client, accountSid, legs)).values()], policyFor);
}

function dueOfLegs(legs: readonly QueryResultRow[], policyFor: PolicyFor): Date | undefined {
  const rows = legs.filter((leg) => leg.status_at !== null);
  if (rows.length === 0 || legs.some((leg) => leg.is_decided_elsewhere)) return undefined;
  const tags = legs.flatMap((leg) => leg.tags ?? []);
  return dueOf(rows, policyFor, tags);
}

/** Legs by their SIDs, with their tags, and whether they go with a recording, or with others that were removed already. */
async function loadLegs(client: ClientBase, accountSid: string, callSids: readonly string[]) {
  const { rows } = await client.query<QueryResultRow>(
    `select named.call_sid, leg.account_sid, leg.status_at, leg.direction, leg.from_number, leg.to_number, leg.policy_rule, tagged.tags,
       exists (select from ledger.removed_calls where account_sid = $1 and subject_sid = named.call_sid)
       or exists (select from ledger.recordings where account_sid = $1 and call_sid = named.call_sid)
       or exists (
         select from ledger.participants joined join ledger.recordings using (account_sid, conference_sid)
         where account_sid = $1 and joined.call_sid = named.call_sid
       )
       or exists (select from ledger.recordings where account_sid = $1 and conference_sid = leg.conference_sid)
       as is_decided_elsewhere
     from unnest($2::text[]) named(call_sid)
     left join ledger.calls leg on leg.account_sid = $1 and leg.call_sid = named.call_sid
     left join ledger.tags tagged on tagged.account_sid = $1 and tagged.subject_sid = named.call_sid`,
    [accountSid, callSids],
  );
  return new Map(rows.map((row) => [String(row.call_sid), row]));
}
