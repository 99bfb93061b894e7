import type { ClientBase } from 'pg';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { placesOf } from '../erasures/cover-call.ts';
import { legsOf } from '../facts.ts';
import { isHeldCall } from '../holds/held-call.ts';

/** What a hold or an erasure keeps is looked at again after this: a hold lasts for months. */
export const KEPT_RETRY_MS = 86_400_000;

/**
 * Removes everything that is known of a call with all of its legs, and of conferences of which nobody else who joined is known, once
 * no recording, no hold and no erasure needs it. `client` has the account's subjects locked, so that no fact and no hold comes between.
 * @returns how many legs; none where something needs it
 */
export async function forgetCall(
  client: ClientBase,
  { accountSid, callSid }: { accountSid: string; callSid: string },
  now: Date,
  pseudonyms: Pseudonyms,
): Promise<number> {
  const legs = await legsOf(client, accountSid, [callSid]);
  const { conferences, recordings } = await placesOf(client, accountSid, legs);
  if (await areKnown(client, accountSid, recordings)) return 0;
  const isKept =
    (await isHeldCall(client, { accountSid, legs, recordings }, pseudonyms)) ||
    (await isBeingErased(client, accountSid, legs, recordings));
  if (isKept) {
    await lookAgainAt(client, accountSid, legs, new Date(now.getTime() + KEPT_RETRY_MS));
    return 0;
  }
  const { rows } = await client.query<{ alone: string }>(
    `select alone from unnest($2::text[]) alone where not exists (
       select from ledger.participants where account_sid = $1 and conference_sid = alone and call_sid <> all($3)
         and call_sid not in (select subject_sid from ledger.removed_calls where account_sid = $1)
     )`,
    [accountSid, conferences, legs],
  );
  const alone = rows.map((row) => row.alone);
  await client.query('select ledger.forget_calls($1, $2, $3, $4)', [accountSid, legs, alone, now]);
  return legs.length;
}

/** A conference goes of which no recording is known any more, and nobody of whom more is known who joined it. */
export async function forgetConference(client: ClientBase, accountSid: string, conferenceSid: string, now: Date) {
  await client.query(
    `select ledger.forget_calls($1, '{}', array[$2], $3) where not exists (
       select from ledger.participants where account_sid = $1 and conference_sid = $2
         and call_sid not in (select subject_sid from ledger.removed_calls where account_sid = $1)
       union all
       select from ledger.recordings where account_sid = $1 and conference_sid = $2 and metadata_removed_at is null
     )`,
    [accountSid, conferenceSid, now],
  );
}

/** Whether anything is known of one of these recordings. */
export async function areKnown(client: ClientBase, accountSid: string, recordings: readonly string[]) {
  const { rowCount } = await client.query(
    `select from ledger.recordings
     where account_sid = $1 and recording_sid = any($2) and metadata_removed_at is null limit 1`,
    [accountSid, recordings],
  );
  return rowCount === 1;
}

/** Whether an erasure that is not completed has something to do with these, or has yet to find that out. */
export async function isBeingErased(
  client: ClientBase,
  accountSid: string,
  legs: readonly string[],
  recordings: readonly string[],
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from ledger.erasures open where account_sid = $1 and completed_at is null and (
       exists (
         select from ledger.erasure_items item
         where item.account_sid = $1 and item.erasure_id = open.erasure_id and item.recording_sid = any($3)
       ) or exists (
         select from ledger.erased_subjects subject
         where subject.account_sid = $1 and subject.erasure_id = open.erasure_id and (name = any($2) or exists (
           select from ledger.call_numbers
           where account_sid = $1 and spelling = subject.name and call_sid = any($2)
         ))
       )
     ) limit 1`,
    [accountSid, legs, recordings],
  );
  return rowCount === 1;
}

/** @param at `infinity` where what becomes of a recording decides */
export async function lookAgainAt(
  client: ClientBase,
  accountSid: string,
  legs: readonly string[],
  at: Date | 'infinity',
) {
  await client.query('update ledger.calls set metadata_look_at = $3 where account_sid = $1 and call_sid = any($2)', [
    accountSid,
    legs,
    at,
  ]);
}
