import type { ClientBase, QueryResultRow } from 'pg';
import { toCall } from '../calls.ts';
import { consentsOf } from '../consents.ts';
import { legsOf } from '../facts.ts';
import { optional } from '../rows.ts';
import { callTimeline } from './call-timeline.ts';
import { iso, summariesOfCall } from './recording-list.ts';
import { viewConsent } from './views.ts';

/** A call by any of its legs: all legs with every status they reported, the answers given on them, and their recordings. */
export async function findCall(client: ClientBase, accountSid: string, callSid: string) {
  const callSids = await legsOf(client, accountSid, [callSid]);
  const { rows } = await client.query<QueryResultRow>(
    `select leg.*, coalesce((
       select jsonb_agg(jsonb_build_object('status', status, 'at', occurred_at) order by occurred_at, sequence_number)
       from ledger.call_statuses reported
       where reported.account_sid = leg.account_sid and reported.call_sid = leg.call_sid
     ), '[]') as statuses
     from ledger.calls leg where account_sid = $1 and call_sid = any($2)
     order by parent_call_sid nulls first, status_at, call_sid`,
    [accountSid, callSids],
  );
  const consents = await consentsOf(client, accountSid, callSids, undefined);
  const recordings = await summariesOfCall(client, accountSid, callSids);
  const metadataRemovedAt = iso(await removedAt(client, accountSid, callSid));
  const isKnown = rows.length > 0 || consents.length > 0 || recordings.length > 0;
  if (!isKnown && metadataRemovedAt === undefined) return undefined;
  const legs = rows.map(toLeg);
  const participants = await participantsOf(client, accountSid, callSids);
  const timeline = callTimeline({ legs, participants, consents, recordings, metadataRemovedAt });
  const parts = { legs, participants, consents: consents.map(viewConsent), recordings, timeline };
  return { accountSid, callSid, metadataRemovedAt, ...parts };
}

/** When what was known of a call or a conference was removed; `undefined` where it was not. */
export async function removedAt(client: ClientBase, accountSid: string, sid: string): Promise<Date | undefined> {
  const { rows } = await client.query<{ removed_at: Date }>(
    'select removed_at from ledger.removed_calls where account_sid = $1 and subject_sid = $2',
    [accountSid, sid],
  );
  return rows[0]?.removed_at;
}

async function participantsOf(client: ClientBase, accountSid: string, callSids: readonly string[]) {
  const { rows } = await client.query<QueryResultRow>(
    `select conference_sid, call_sid, label, joined_at from ledger.participants
     where account_sid = $1 and conference_sid in (
       select conference_sid from ledger.participants where account_sid = $1 and call_sid = any($2)
     ) order by joined_at, call_sid`,
    [accountSid, callSids],
  );
  return rows.map((row) => ({
    conferenceSid: row.conference_sid as string,
    callSid: row.call_sid as string,
    label: optional<string>(row.label),
    joinedAt: row.joined_at.toISOString() as string,
  }));
}

function toLeg(row: QueryResultRow) {
  const { accountSid: _, statusAt, sequenceNumber: __, ...leg } = toCall(row);
  const statuses = row.statuses as { status: string; at: string }[];
  return {
    ...leg,
    statusAt: statusAt.toISOString(),
    statuses: statuses.map(({ status, at }) => ({ status, at: new Date(at).toISOString() })),
  };
}
