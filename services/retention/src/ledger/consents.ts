import type { consentRecorded, EventOf } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Consent } from '../domain/consent.ts';
import { insertIfNew, optional } from './rows.ts';

/** @returns false where this answer was written before */
export function writeConsent(client: ClientBase, event: EventOf<typeof consentRecorded>, now: Date): Promise<boolean> {
  const { data } = event;
  return insertIfNew(client, 'ledger.consents', {
    account_sid: data.accountSid,
    consent_id: event.id,
    call_sid: data.callSid,
    conference_sid: data.conferenceSid,
    party: data.party,
    outcome: data.outcome,
    purposes: data.purposes,
    method: data.method,
    prompt_version: data.promptVersion,
    language: data.language,
    reference: data.reference,
    recorded_at: new Date(data.recordedAt),
    learned_at: now,
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
  recordedAt: row.recorded_at,
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
       order by bool_or(outcome = 'refused') over (partition by coalesce(call_sid, conference_sid), party) desc,
         recorded_at desc, outcome = 'refused' desc
       limit $4
     ) latest
     order by recorded_at, consent_id`,
    [accountSid, callSids, conferenceSid, ANSWERS_MAX + 1],
  );
  return rows.map(toConsent);
}

/** The answer that was recorded for the call or conference under this reference, whoever gave it. */
export async function findAnswer(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  { callSid, conferenceSid }: Pick<Consent, 'callSid' | 'conferenceSid'>,
  reference: string,
): Promise<Consent | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.consents
     where account_sid = $1 and (call_sid = $2 or conference_sid = $3) and reference = $4
     order by learned_at limit 1`,
    [accountSid, callSid, conferenceSid, reference],
  );
  return rows[0] && toConsent(rows[0]);
}
