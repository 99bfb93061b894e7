import type { ClientBase, QueryResultRow } from 'pg';
import { personOf } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { toGivenConsent } from '../consents.ts';
import { viewConsent } from './views.ts';

export interface ConsentQuery {
  accounts: readonly string[];
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  number?: string | undefined;
  party?: string | undefined;
  outcome?: string | undefined;
  purpose?: string | undefined;
  method?: string | undefined;
  after?: { recordedAt: Date; consentId: string } | undefined;
  limit: number;
}

const COLUMNS = ['call_sid', 'conference_sid', 'party', 'outcome', 'method'] as const;

/** Newest first; by a number also what its holder answered whose number was replaced since. @returns at most `limit` */
export async function listConsents(client: ClientBase, query: ConsentQuery, pseudonyms: Pseudonyms) {
  const { accounts, callSid, conferenceSid, number, party, outcome, method, purpose, after, limit } = query;
  const values = [callSid, conferenceSid, party, outcome, method];
  const parameters: unknown[] = [accounts, limit];
  const conditions = ['account_sid = any($1)'];
  for (const [index, column] of COLUMNS.entries()) {
    if (values[index] !== undefined) conditions.push(`${column} = $${parameters.push(values[index])}`);
  }
  if (number !== undefined) {
    const [given, person] = [parameters.push(number), parameters.push(personOf(pseudonyms, number))];
    conditions.push(`(number = $${given} or person = $${person})`);
  }
  if (purpose !== undefined) conditions.push(`$${parameters.push(purpose)} = any(purposes)`);
  if (after !== undefined) {
    const [at, id] = [parameters.push(after.recordedAt), parameters.push(after.consentId)];
    conditions.push(`(recorded_at, consent_id) < ($${at}, $${id})`);
  }
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.consents where ${conditions.join(' and ')}
     order by recorded_at desc, consent_id desc limit $2`,
    parameters,
  );
  return rows.map(toGivenConsent).map((consent) => ({
    ...viewConsent(consent),
    accountSid: consent.accountSid,
    number: consent.number,
  }));
}
