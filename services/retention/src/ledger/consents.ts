import type { consentRecorded, EventOf } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Actor } from '../domain/actor.ts';
import type { Consent } from '../domain/consent.ts';
import type { AnswerPlace } from './read/known-places.ts';
import { insertIfNew, optional } from './rows.ts';

/**
 * @param told.person the pseudonym of the number that it was given by
 * @returns false where this answer was written before
 */
export function writeConsent(
  client: ClientBase,
  event: EventOf<typeof consentRecorded>,
  { person, actor, now }: { person: string | undefined; actor: Actor; now: Date },
): Promise<boolean> {
  const { data } = event;
  return insertIfNew(client, 'ledger.consents', {
    account_sid: data.accountSid,
    consent_id: event.id,
    call_sid: data.callSid,
    conference_sid: data.conferenceSid,
    number: data.number,
    person,
    // Their spellings go on record with this.
    spellings_noted: true,
    party: data.party,
    outcome: data.outcome,
    purposes: data.purposes,
    method: data.method,
    prompt_version: data.promptVersion,
    language: data.language,
    reference: data.reference,
    proof: data.proof,
    recorded_at: new Date(data.recordedAt),
    expires_at: data.expiresAt === undefined ? undefined : new Date(data.expiresAt),
    learned_at: now,
    recorded_by: actor.kind === 'service' ? undefined : actor,
  });
}

const toConsent = (row: QueryResultRow): Consent => ({
  consentId: row.consent_id,
  callSid: optional(row.call_sid),
  conferenceSid: optional(row.conference_sid),
  party: row.party,
  outcome: row.outcome,
  purposes: row.purposes,
  method: row.method,
  promptVersion: optional(row.prompt_version),
  language: optional(row.language),
  proof: optional(row.proof),
  recordedAt: row.recorded_at,
  expiresAt: optional(row.expires_at),
  isByNumber: row.is_by_number === true || undefined,
  recordedBy: optional(row.recorded_by),
});

/** What one decision reads at most, and one more to know of it. */
export const ANSWERS_MAX = 5_000;

/**
 * The answers given on these legs or for this conference, oldest first. Beyond the limit, the answers of parties who never refused
 * are left out first, and then the oldest: what is read of a party ends with its latest answer.
 */
export async function consentsOf(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  callSids: readonly string[],
  conferenceSid: string | undefined,
): Promise<Consent[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from (
       select * from (
         select * from ledger.consents where account_sid = $1 and call_sid = any($2)
         union
         select * from ledger.consents where account_sid = $1 and conference_sid = $3
       ) answers
       order by bool_or(outcome <> 'granted') over (partition by coalesce(call_sid, conference_sid), party) desc,
         recorded_at desc, outcome <> 'granted' desc
       limit $4
     ) latest
     order by recorded_at, consent_id`,
    [accountSid, callSids, conferenceSid, ANSWERS_MAX + 1],
  );
  return rows.map(toConsent);
}

/** An answer as it was given, with the number that it was given by. */
export interface GivenConsent extends Consent {
  accountSid: string;
  number?: string | undefined;
}

export const toGivenConsent = (row: QueryResultRow): GivenConsent => ({
  ...toConsent(row),
  accountSid: row.account_sid,
  number: optional(row.number),
  isByNumber: row.number === null ? undefined : true,
});

/** Who is on a leg, by the number of that end of it. */
export interface LegPerson {
  callSid: string;
  /** In E.164, or the pseudonym that has taken its place. */
  number: string;
  /** Its pseudonym. */
  person: string;
  /** Where it is no such number, the pseudonyms of all that could be one in it, as it is spelt: a SIP address, digits without their country. */
  spellings: readonly string[];
}

/**
 * The answers that the holders of these numbers gave for their calls, each on the leg where the number is; the newest first. Of an answer
 * whose number was erased, an agreement bears on the calls of before alone; a refusal stays one. In another spelling a number is known by who
 * refused: an agreement counts there as far as it takes a refusal back.
 */
export async function consentsByNumber(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  persons: readonly LegPerson[],
): Promise<Consent[]> {
  if (persons.length === 0) return [];
  const { rows } = await client.query<QueryResultRow>(
    `select * from (
       select given.*, person.call_sid, given.purposes, true as is_by_number
       from unnest($2::text[], $3::text[], $4::text[]) person(call_sid, number, person)
       join ledger.consents given on given.account_sid = $1
         and (given.number = person.number or given.person = person.person)
       where outcome <> 'granted' or given.number = person.number or given.number not like 'psn\\_%'
       union
       select given.*, spelt.call_sid, counted.purposes, true
       from unnest($6::text[], $7::text[]) spelt(call_sid, spelling)
       join ledger.refused_numbers known on known.account_sid = $1 and known.spelling = spelt.spelling
       join ledger.consents given on given.account_sid = $1 and given.person = known.person and given.number is not null
       cross join lateral (
         select given.purposes where given.outcome <> 'granted'
         union all
         select array_agg(distinct purpose order by purpose)
         from ledger.consents refused, unnest(refused.purposes) purpose
         where given.outcome = 'granted' and given.number not like 'psn\\_%'
           and refused.account_sid = $1 and refused.person = given.person and refused.outcome <> 'granted'
           and refused.recorded_at <= given.recorded_at and purpose = any(given.purposes)
       ) counted
       where counted.purposes is not null
     ) answers
     order by outcome <> 'granted' desc, recorded_at desc, consent_id limit $5`,
    [
      accountSid,
      persons.map(({ callSid }) => callSid),
      persons.map(({ number }) => number),
      persons.map(({ person }) => person),
      ANSWERS_MAX + 1,
      persons.flatMap(({ callSid, spellings }) => spellings.map(() => callSid)),
      persons.flatMap(({ spellings }) => spellings),
    ],
  );
  return rows.map(toConsent);
}

/**
 * The answer that was recorded for the call, the conference or any number under this reference, whoever gave it.
 * @param references the same one, as it was given and as an erasure leaves it
 */
export async function findAnswer(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  { callSid, conferenceSid, number }: AnswerPlace,
  references: readonly string[],
): Promise<GivenConsent | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.consents
     where account_sid = $1 and (call_sid = $2 or conference_sid = $3 or ($5 and number is not null)) and reference = any($4)
     order by learned_at limit 1`,
    [accountSid, callSid, conferenceSid, references, number !== undefined],
  );
  return rows[0] && toGivenConsent(rows[0]);
}
