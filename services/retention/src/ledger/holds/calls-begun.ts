import type { ClientBase } from 'pg';
import type { Hold } from '../../domain/hold.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { placesOf } from '../erasures/cover-call.ts';
import { legsOf } from '../facts.ts';
import { namesOn } from './candidates.ts';
import { fitsCall } from './held-call.ts';
import { withNames } from './hold-names.ts';

/** A leg whose record at Twilio an erasure had asked to be deleted before the hold came. */
export interface BegunCall {
  callSid: string;
  /** `unsettled`: it is not known yet whether it went. */
  status: 'gone' | 'unsettled';
  at: Date;
}

/** Of these a hold's answer is made at most; each takes a few milliseconds. */
const LOOKED_AT_MAX = 1_000;

/**
 * What erasures had asked Twilio to delete of the calls that the hold covers. While it stands nothing more is asked for, so that this is what was
 * asked for before; of a released one, what was asked for before its release.
 * @returns `isComplete`: all of it is there, in the order of the CallSids
 */
export async function callsBegun(
  client: ClientBase,
  accountSid: string,
  hold: Hold,
  pseudonyms: Pseudonyms,
): Promise<{ calls: BegunCall[]; isComplete: boolean }> {
  const asked = await askedFor(client, accountSid, { ...hold, selector: withNames(hold.selector, pseudonyms) });
  const isComplete = asked.length <= LOOKED_AT_MAX;
  const fits = new Map<string, boolean>();
  for (const { callSid } of asked.slice(0, LOOKED_AT_MAX)) {
    if (fits.has(callSid)) continue;
    const legs = await legsOf(client, accountSid, [callSid]);
    const { recordings } = await placesOf(client, accountSid, legs);
    const isCovered = await fitsCall(client, hold, { accountSid, legs, recordings }, pseudonyms);
    for (const leg of legs) fits.set(leg, isCovered);
  }
  return { calls: asked.filter(({ callSid }) => fits.get(callSid)), isComplete };
}

/** Those that have anything to do with what the hold names: its call, its number or its recording is on a leg of theirs, or in a conference. */
async function askedFor(client: ClientBase, accountSid: string, { selector, release }: Hold) {
  const { recordingSid, callSid } = selector;
  const { texts, spellings } = namesOn(selector);
  const { rows } = await client.query<{ call_sid: string; at: Date; is_gone: boolean }>(
    `with recursive asked as (
       select call_sid, min(coalesce(asked_at, settled_at)) as at, bool_or(outcome is not null) as is_gone
       from ledger.erasure_calls
       where account_sid = $1 and coalesce(asked_at, settled_at) <= coalesce($2::timestamptz, 'infinity') group by call_sid
     ), around(origin, call_sid) as (
       select call_sid, call_sid from asked
       union
       select origin, relative.call_sid from around cross join lateral (
         select parent_call_sid as call_sid from ledger.calls
         where account_sid = $1 and call_sid = around.call_sid and parent_call_sid is not null
         union all
         select call_sid from ledger.calls where account_sid = $1 and parent_call_sid = around.call_sid
         union all
         select other.call_sid from ledger.participants self join ledger.participants other using (account_sid, conference_sid)
         where account_sid = $1 and self.call_sid = around.call_sid
       ) relative
     )
     select * from asked where
       ($3::text is null or exists (select from around where origin = asked.call_sid and call_sid = $3))
       and (cardinality($4::text[]) = 0 or exists (
         select from around join ledger.calls on calls.account_sid = $1 and calls.call_sid = around.call_sid
         where origin = asked.call_sid and (from_number = any($4) or to_number = any($4))
         union all
         select from around join ledger.call_numbers noted on noted.account_sid = $1 and noted.call_sid = around.call_sid
         where origin = asked.call_sid and spelling = any($6)
       ))
       and ($5::text is null or exists (
         select from ledger.recordings recording where account_sid = $1 and recording_sid = $5 and (
           recording.call_sid in (select call_sid from around where origin = asked.call_sid)
           or conference_sid in (
             select joined.conference_sid from around
             join ledger.participants joined on joined.account_sid = $1 and joined.call_sid = around.call_sid
             where origin = asked.call_sid
           )
         )
       ))
     order by call_sid limit ${LOOKED_AT_MAX + 1}`,
    [accountSid, release?.at, callSid, texts, recordingSid, spellings],
  );
  return rows.map(
    (row): BegunCall => ({
      callSid: row.call_sid,
      status: row.is_gone ? 'gone' : 'unsettled',
      at: row.at,
    }),
  );
}
