import type {
  callStatusChanged,
  conferenceParticipantJoined,
  consentRecorded,
  EventOf,
  OnrecordEvent,
} from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { namesIn } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';

/** What is told of one leg, and may say whose it is. */
type LegEvent = EventOf<typeof callStatusChanged | typeof conferenceParticipantJoined | typeof consentRecorded>;

const LEG_EVENTS: readonly string[] = [
  'onrecord.call.status-changed.v1',
  'onrecord.conference.participant-joined.v1',
  'onrecord.consent.recorded.v1',
] satisfies LegEvent['type'][];

/** Twilio's parameters that are addresses of parties. Source: Twilio, "TwiML Voice: request parameters". */
const ADDRESSES = ['From', 'To', 'Caller', 'Called', 'ForwardedFrom'];

/** The texts of an event in which its parties' numbers stand. */
function addressesIn({ data, type }: LegEvent): unknown[] {
  if (type === 'onrecord.consent.recorded.v1') return [data.party, data.reference];
  const told = ADDRESSES.map((name) => (data.parameters as Record<string, string>)[name]);
  return 'label' in data ? [data.label, ...told] : [data.from, data.to, ...told];
}

/** Notes which numbers take part in the leg that an event tells of. */
export async function noteNumbersOf(client: ClientBase, event: OnrecordEvent, pseudonyms: Pseudonyms): Promise<void> {
  if (!LEG_EVENTS.includes(event.type)) return;
  const { accountSid, callSid } = event.data as LegEvent['data'];
  if (callSid === undefined) return;
  await noteNumbers(client, accountSid, callSid, [...namesIn(pseudonyms, addressesIn(event as LegEvent)).values()]);
}

async function noteNumbers(client: ClientBase, accountSid: string, callSid: string, spellings: readonly string[]) {
  if (spellings.length === 0) return;
  await client.query({
    name: 'note-numbers',
    text: `insert into ledger.call_numbers (account_sid, spelling, call_sid)
           select $1, spelling, $2 from unnest($3::text[]) spelling on conflict do nothing`,
    values: [accountSid, callSid, spellings],
  });
}

/** Whether numbers of the account's legs are still to be noted: until then nobody can say which legs a number was on. */
export async function hasLegsToNote(client: ClientBase, accountSid: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from ledger.calls where account_sid = $1 and not numbers_noted limit 1',
    [accountSid],
  );
  return rowCount === 1;
}

/**
 * Notes the numbers of legs that were written before numbers were noted.
 * @returns how many legs, at most `limit`
 */
export async function noteNumbersOfOldLegs(
  client: ClientBase,
  accounts: readonly string[],
  pseudonyms: Pseudonyms,
  limit: number,
): Promise<number> {
  const { rows } = await client.query<{ account_sid: string; call_sid: string; texts: unknown[] }>(
    `select account_sid, call_sid, array[from_number, to_number] || array(
       select label from ledger.participants joined
       where (joined.account_sid, joined.call_sid) = (leg.account_sid, leg.call_sid)
     ) || array(
       select unnest(array[party, reference]) from ledger.consents given
       where (given.account_sid, given.call_sid) = (leg.account_sid, leg.call_sid)
     ) as texts
     from ledger.calls leg where account_sid = any($1) and not numbers_noted
     order by account_sid, call_sid limit $2 for no key update skip locked`,
    [accounts, limit],
  );
  for (const { account_sid: accountSid, call_sid: callSid, texts } of rows) {
    await noteNumbers(client, accountSid, callSid, [...namesIn(pseudonyms, texts).values()]);
  }
  await client.query(
    `update ledger.calls leg set numbers_noted = true from unnest($1::text[], $2::text[]) noted (account_sid, call_sid)
     where (leg.account_sid, leg.call_sid) = (noted.account_sid, noted.call_sid)`,
    [rows.map((row) => row.account_sid), rows.map((row) => row.call_sid)],
  );
  return rows.length;
}
