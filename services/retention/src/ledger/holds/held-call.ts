import type { ClientBase, QueryResultRow } from 'pg';
import { covers, type Hold, type HoldSubject } from '../../domain/hold.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { loadLegs } from '../facts.ts';
import { toRecording } from '../recordings.ts';
import { optional } from '../rows.ts';
import { withNames } from './hold-names.ts';
import { toSelector } from './hold-rows.ts';
import { holdsOn, numbersOf, recordingAsSubject } from './holds-on.ts';

/** A call: its legs, and the recordings of it and of the conferences that it was in. */
interface WholeCall {
  accountSid: string;
  legs: readonly string[];
  recordings: readonly string[];
}

/**
 * Whether a hold that stands covers the call itself, recorded or not, or one of its recordings: as it is committed now, whether the hold
 * was gone through yet or not. Nothing of such a call is changed.
 */
export async function isHeldCall(
  client: Pick<ClientBase, 'query'>,
  call: WholeCall,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { accountSid, recordings } = call;
  const holds = await client.query<QueryResultRow>(
    'select * from ledger.holds where account_sid = $1 and released_at is null',
    [accountSid],
  );
  if (holds.rows.length === 0) return false;
  const subject = await asSubject(client, call, pseudonyms);
  if (holds.rows.some((row) => covers(withNames(toSelector(row), pseudonyms), subject))) return true;
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.recordings where account_sid = $1 and recording_sid = any($2)',
    [accountSid, recordings],
  );
  for (const row of rows) {
    const held = await holdsOn(client, await loadLegs(client, toRecording(row)), pseudonyms);
    if (held.length > 0) return true;
  }
  return false;
}

/** Whether the hold, also one that is released, fits the call or one of its recordings. */
export async function fitsCall(
  client: Pick<ClientBase, 'query'>,
  hold: Pick<Hold, 'selector'>,
  call: WholeCall,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const selector = withNames(hold.selector, pseudonyms);
  if (covers(selector, await asSubject(client, call, pseudonyms))) return true;
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.recordings where account_sid = $1 and recording_sid = any($2)',
    [call.accountSid, call.recordings],
  );
  for (const row of rows) {
    const facts = await loadLegs(client, toRecording(row));
    if (covers(selector, await recordingAsSubject(client, facts, pseudonyms))) return true;
  }
  return false;
}

/** A call of which a leg may still be going on has no end. */
async function asSubject(
  client: Pick<ClientBase, 'query'>,
  { accountSid, legs }: WholeCall,
  pseudonyms: Pseudonyms,
): Promise<HoldSubject> {
  const { rows } = await client.query<QueryResultRow>(
    `select min(occurred_at) as started_at, case when exists (
       select from ledger.calls where account_sid = $1 and call_sid = any($2)
         and status in ('queued', 'initiated', 'ringing', 'in-progress')
     ) then null else max(occurred_at) end as ended_at
     from ledger.call_statuses where account_sid = $1 and call_sid = any($2)`,
    [accountSid, legs],
  );
  return {
    recordingSid: '',
    legs,
    numbers: await numbersOf(client, accountSid, legs, pseudonyms),
    startedAt: optional(rows[0]?.started_at),
    endedAt: optional(rows[0]?.ended_at),
  };
}
