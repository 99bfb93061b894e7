import { notConfigured, type TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import type { ClientBase, Pool } from 'pg';
import { type AuditQuery, readAuditEntries } from '../../audit/read-audit-entries.ts';
import type { RetentionPolicy } from '../../domain/policy.ts';
import { asErased } from '../../erasures/subject-names.ts';
import { findAnswer } from '../consents.ts';
import type { NumberReading } from '../facts.ts';
import { createPolicies } from '../load-policies.ts';
import { inTenant, knownAccounts } from '../tenancy.ts';
import { findCall, removedAt } from './call-detail.ts';
import { findCallEvidence } from './call-evidence.ts';
import { type CallQuery, listCalls } from './call-list.ts';
import { type ConsentQuery, listConsents } from './consent-list.ts';
import { findDecisions } from './decision-detail.ts';
import { type DeletionName, type DeletionQuery, findCertificate, findDeletion, listDeletions } from './deletions.ts';
import { holdersOf, type Named } from './holders.ts';
import { type AnswerPlace, isPlaceKnown } from './known-places.ts';
import { isOwn } from './own-calls.ts';
import { findRecording } from './recording-detail.ts';
import { type ListQuery, listRecordings, type RecordingSummary } from './recording-list.ts';
import { restrictionsBy } from './restriction.ts';
import { type SearchQuery, searchTranscripts } from './search.ts';

/**
 * Reads the ledger for the records API: each question of the accounts that it is asked for, and of no other. Of a recording whose
 * account is not configured it is said that nothing is done with it.
 */
export const createReader = (
  pool: Pool,
  { builtIn, clock, ...reading }: NumberReading & { builtIn: RetentionPolicy; clock: () => Date },
  configured: Pick<TwilioAccounts, 'find' | 'all'>,
  policies = createPolicies(builtIn, reading.ruleBook),
) => {
  const of = <T>(accounts: string | readonly string[], read: (client: ClientBase) => Promise<T>) =>
    inTenant(pool, accounts, read);
  const restrictionOf = restrictionsBy(policies, reading);
  return {
    /** Every account that is configured or that something is known of, in order. */
    accounts: async () => {
      const known = await knownAccounts(pool);
      return [...new Set([...known, ...configured.all().map(({ accountSid }) => accountSid)])].toSorted();
    },
    isConfigured: (accountSid: string) => configured.find(accountSid) !== undefined,
    holdersOf: (named: Named, among: readonly string[]) => of(among, (client) => holdersOf(client, named, among)),
    isOwn: (accountSid: string, named: Named, identities: readonly string[]) =>
      of(accountSid, (client) => isOwn(client, accountSid, named, identities)),
    list: async (query: ListQuery) => {
      const found = await of(query.accounts, (client) => listRecordings(client, query));
      return found.map(telling(configured));
    },
    find: async (accountSid: string, recordingSid: string) => {
      const found = await of(accountSid, (client) =>
        findRecording(client, accountSid, recordingSid, { policies, clock, ...reading }),
      );
      return found && telling(configured)(found);
    },
    search: (query: SearchQuery) => searchTranscripts(pool, query, restrictionOf),
    listCalls: (query: CallQuery) => of(query.accounts, (client) => listCalls(client, query)),
    listDeletions: (query: DeletionQuery) => of(query.accounts, (client) => listDeletions(client, query)),
    findDeletion: (...name: DeletionName) => of(name[0], (client) => findDeletion(client, ...name)),
    findCertificate: (...name: DeletionName) => of(name[0], (client) => findCertificate(client, ...name)),
    findDecisions: (accountSid: string, recordingSid: string, only?: 'latest') =>
      of(accountSid, async (client) => {
        const [latest, ...others] = await findDecisions(client, accountSid, recordingSid, only);
        if (latest === undefined) return [];
        const restriction = await restrictionOf(client, { accountSid, recordingSid });
        return [{ ...latest, restriction }, ...others];
      }),
    callRemovedAt: (accountSid: string, callSid: string) =>
      of(accountSid, (client) => removedAt(client, accountSid, callSid)),
    isRecordingKnown: (accountSid: string, recordingSid: string) =>
      of(accountSid, async (client) => (await holdersOf(client, { recordingSid }, [accountSid])).length > 0),
    findCall: async (accountSid: string, callSid: string) => {
      const call = await of(accountSid, (client) => findCall(client, accountSid, callSid));
      return call && { ...call, recordings: call.recordings.map(telling(configured)) };
    },
    findCallEvidence: (accountSid: string, callSid: string) =>
      of(accountSid, (client) => findCallEvidence(client, accountSid, callSid)),
    listConsents: (query: ConsentQuery) =>
      of(query.accounts, (client) => listConsents(client, query, reading.pseudonyms)),
    findAnswer: (accountSid: string, place: AnswerPlace, reference: string) =>
      of(accountSid, (client) =>
        findAnswer(client, accountSid, place, [reference, asErased(reading.pseudonyms, reference)]),
      ),
    /** Whether a text that was kept is this one, or what an erasure has made of it. */
    isSameText: (kept: string | undefined, given: string | undefined) =>
      kept === given || (given !== undefined && kept === asErased(reading.pseudonyms, given)),
    auditEntries: (query: AuditQuery) => readAuditEntries(pool, query),
    isPlaceKnown: (accountSid: string, place: AnswerPlace) =>
      of(accountSid, (client) => isPlaceKnown(client, accountSid, place, reading.pseudonyms)),
  };
};

/** What is deleted needs nobody any more. */
const telling =
  ({ find }: Pick<TwilioAccounts, 'find'>) =>
  <Summary extends RecordingSummary>(summary: Summary): Summary => {
    if (summary.state === 'deleted' || find(summary.accountSid) !== undefined) return summary;
    const waits = `It waits: ${notConfigured(summary.accountSid)}.`;
    return { ...summary, reason: [summary.reason, waits].filter(Boolean).join(' ') };
  };

export type RecordsReader = ReturnType<typeof createReader>;
