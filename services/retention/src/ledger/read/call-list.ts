import type { ClientBase, QueryResultRow } from 'pg';
import { toCall } from '../calls.ts';
import { Conditions } from './conditions.ts';

export interface CallQuery {
  /** Of these accounts. */
  accounts: readonly string[];
  /** Of calls alone that somebody of these identities was on. */
  identities?: readonly string[] | undefined;
  /** Who called or was called, as Twilio spells it. */
  number?: string | undefined;
  direction?: string | undefined;
  conferenceSid?: string | undefined;
  status?: string | undefined;
  /** The status changed at this moment or later, and before that one; ISO 8601. */
  since?: string | undefined;
  until?: string | undefined;
  after?: readonly [statusAt: string, callSid: string] | undefined;
  limit: number;
}

/** A leg whose conference is known from its status or from having joined it. */
const IN_CONFERENCE = `(leg.conference_sid = ? or exists (
  select from ledger.participants joined
  where joined.account_sid = leg.account_sid and joined.call_sid = leg.call_sid and joined.conference_sid = ?
))`;

const OWN = `leg.call_sid in (
  select ledger.family_of(known.account_sid, array(select ledger.own_legs(known.account_sid, ?)))
)`;

/** Legs by when their status last changed, newest first. @returns at most `limit` */
export async function listCalls(client: ClientBase, query: CallQuery) {
  const { conferenceSid, number } = query;
  const conditions = new Conditions(query.accounts, query.limit)
    .and('leg.account_sid = known.account_sid')
    .and(OWN, query.identities)
    .and('(leg.from_number = ? or leg.to_number = ?)', number, number)
    .and('leg.direction = ?', query.direction)
    .and(IN_CONFERENCE, conferenceSid, conferenceSid)
    .and('leg.status = ?', query.status)
    .and('leg.status_at >= ?', query.since)
    .and('leg.status_at < ?', query.until)
    .and('(leg.status_at, leg.call_sid) < (?, ?)', ...(query.after ?? [undefined]));
  const { rows } = await client.query<QueryResultRow>(
    `select page.*, (
       select count(*)::int from ledger.recordings recording
       where recording.account_sid = page.account_sid and recording.call_sid = page.call_sid
     ) as recordings
     from ledger.accounts known cross join lateral (
       select * from ledger.calls leg where ${conditions} order by leg.status_at desc, leg.call_sid desc limit $2
     ) page where known.account_sid = any($1)
     order by page.status_at desc, page.call_sid desc limit $2`,
    conditions.values,
  );
  return rows.map((row) => {
    const { sequenceNumber: _, statusAt, ...leg } = toCall(row);
    return { ...leg, statusAt: statusAt.toISOString(), recordings: Number(row.recordings) };
  });
}
