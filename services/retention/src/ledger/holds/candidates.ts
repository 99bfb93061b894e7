import type { ClientBase } from 'pg';
import type { Hold, HoldSelector } from '../../domain/hold.ts';
import { legsOf } from '../facts.ts';

type Queryable = Pick<ClientBase, 'query'>;

interface Page {
  recordingSids: string[];
  /** Where the next page begins; `undefined` behind the last. */
  next: string | undefined;
}

/**
 * A page of the known recordings that the hold may cover; which of them it does is decided on each by itself. Goes by the index that
 * serves the narrowest thing that the hold selects.
 * @param after `next` of the page before
 */
export async function nextCandidates(
  client: Queryable,
  accountSid: string,
  { selector }: Hold,
  after: string,
  limit: number,
): Promise<Page> {
  const { recordingSid, callSid, party, from, until } = selector;
  if (recordingSid !== undefined) {
    const { rows } = await client.query('select from ledger.recordings where account_sid = $1 and recording_sid = $2', [
      accountSid,
      recordingSid,
    ]);
    return { recordingSids: rows.length === 0 ? [] : [recordingSid], next: undefined };
  }
  if (callSid !== undefined) {
    return { recordingSids: await recordingsOfCalls(client, accountSid, [callSid]), next: undefined };
  }
  if (party !== undefined) return ofNumber(client, accountSid, selector, after, limit);
  // A recording is reported after its end.
  return pageOf(
    limit,
    await client.query<{ sid: string }>(
      `select recording_sid as sid from ledger.recordings where account_sid = $1 and recording_sid > $2
         and ($3::timestamptz is null or twilio_status <> 'completed'
           or coalesce(started_at + duration_seconds * interval '1 second', reported_at) >= $3)
         and ($4::timestamptz is null or started_at is null or started_at < $4)
       order by recording_sid limit $5`,
      [accountSid, after, from, until, limit],
    ),
  );
}

/** The recordings that the hold has covered. */
export async function coveredBy(
  client: Queryable,
  accountSid: string,
  { holdId }: Hold,
  after: string,
  limit: number,
): Promise<Page> {
  return pageOf(
    limit,
    await client.query<{ sid: string }>(
      `select recording_sid as sid from ledger.hold_recordings
       where account_sid = $1 and hold_id = $2 and recording_sid > $3 order by recording_sid limit $4`,
      [accountSid, holdId, after, limit],
    ),
  );
}

const pageOf = (limit: number, { rows }: { rows: readonly { sid: string }[] }): Page => {
  const recordingSids = rows.map(({ sid }) => sid);
  return { recordingSids, next: rows.length < limit ? undefined : recordingSids.at(-1) };
};

/** Page by page of the calls with the number, on any end or noted of a leg. */
async function ofNumber(
  client: Queryable,
  accountSid: string,
  selector: HoldSelector,
  after: string,
  limit: number,
): Promise<Page> {
  const { texts, spellings } = namesOn(selector);
  const { rows } = await client.query<{ sid: string }>(
    `select call_sid as sid from (
       (select call_sid from ledger.calls where account_sid = $1 and from_number = any($2) and call_sid > $3
         order by call_sid limit $4)
       union
       (select call_sid from ledger.calls where account_sid = $1 and to_number = any($2) and call_sid > $3
         order by call_sid limit $4)
       union
       (select distinct call_sid from ledger.call_numbers where account_sid = $1 and spelling = any($5) and call_sid > $3
         order by call_sid limit $4)
     ) with_number order by call_sid limit $4`,
    [accountSid, texts, after, limit, spellings],
  );
  const { recordingSids: callSids, next } = pageOf(limit, { rows });
  return { recordingSids: await recordingsOfCalls(client, accountSid, callSids), next };
}

/**
 * By what legs with the hold's number are found: as a whole end of a leg, where the leg's numbers may not be noted yet (Twilio tells E.164;
 * some forms lose the `+`), and as it is noted of a leg in whatever place and spelling.
 */
export function namesOn({ number, party, names = [] }: HoldSelector): { texts: string[]; spellings: string[] } {
  const whole = number?.startsWith('+') === true ? [number, number.slice(1), ` ${number.slice(1)}`] : [number];
  const [texts, spellings] = [
    [...whole, party],
    [party, ...names],
  ].map((all) => all.filter((name) => name !== undefined)) as [string[], string[]];
  return { texts, spellings };
}

/** Of any leg of these calls, and of the conferences that one of them was in. */
async function recordingsOfCalls(
  client: Queryable,
  accountSid: string,
  callSids: readonly string[],
): Promise<string[]> {
  const legs = await legsOf(client, accountSid, callSids);
  const { rows } = await client.query<{ recording_sid: string }>(
    `select recording_sid from ledger.recordings where account_sid = $1 and call_sid = any($2)
     union
     select recording_sid from ledger.participants joined
       join ledger.recordings using (account_sid, conference_sid)
       where account_sid = $1 and joined.call_sid = any($2)
     order by recording_sid`,
    [accountSid, legs],
  );
  return rows.map((row) => row.recording_sid);
}
