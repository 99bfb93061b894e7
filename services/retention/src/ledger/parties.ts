import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import type { ClientBase, QueryResultRow } from 'pg';
import type { RuleBook } from '../domain/jurisdictions/rule-book.ts';
import type { Party } from '../domain/who-must-agree.ts';
import { namesIn, personOf } from '../erasures/subject-names.ts';
import { isPseudonym, type Pseudonyms, pseudonymsIn } from '../pseudonyms.ts';
import type { LegPerson } from './consents.ts';

/**
 * Which end of a leg is the person on it. Source: Twilio, Call resource, "direction"; Elastic SIP Trunking calls a call to the
 * telephone network terminating.
 */
const PERSON_SIDE: Readonly<Record<string, Party['side']>> = {
  inbound: 'from',
  'trunking-originating': 'from',
  'outbound-api': 'to',
  'outbound-dial': 'to',
  'trunking-terminating': 'to',
};

/** Final statuses of legs that were never answered. Source: Twilio, Call resource, "CallStatus". */
const UNANSWERED: ReadonlySet<string> = new Set(['busy', 'no-answer', 'failed', 'canceled']);

/** Both ends of every leg, and who is on them. */
export async function partiesOf(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  callSids: readonly string[],
  { ruleBook: book, pseudonyms }: { ruleBook: RuleBook; pseudonyms: Pseudonyms },
): Promise<{ parties: Party[]; persons: LegPerson[] }> {
  const { rows } = await client.query<QueryResultRow>(
    `select call_sid, direction, status, from_number, to_number from ledger.calls
     where account_sid = $1 and call_sid = any($2) order by call_sid`,
    [accountSid, callSids],
  );
  const ends = rows.flatMap((row) =>
    (['from', 'to'] as const).map((side) => ({
      callSid: String(row.call_sid),
      side,
      number: row[`${side}_number`] as string | null,
      isPerson: PERSON_SIDE[row.direction] === side,
      tookPart: !UNANSWERED.has(row.status),
    })),
  );
  return {
    parties: ends.map(({ number, ...end }) => ({ ...end, places: number === null ? [] : placesOf(number, book) })),
    persons: ends.flatMap(({ callSid, number, isPerson }) =>
      isPerson && number !== null ? [{ callSid, ...personAt(number, pseudonyms) }] : [],
    ),
  };
}

function personAt(text: string, pseudonyms: Pseudonyms): Omit<LegPerson, 'callSid'> {
  const e164 = readPhoneNumber(text)?.e164;
  const isKnown = e164 !== undefined || isPseudonym(text);
  const spellings = isKnown ? [] : [...namesIn(pseudonyms, text).values(), ...pseudonymsIn(text)];
  return { number: e164 ?? text, person: personOf(pseudonyms, text), spellings };
}

/** Of a client's name, of a SIP address and of who withholds the number nothing is known. */
export function placesOf(text: string, book: RuleBook): readonly string[] {
  const number = readPhoneNumber(text);
  return number === undefined ? [] : book.placesOf(number.e164, number.country);
}
