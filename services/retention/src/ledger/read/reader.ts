import { notConfigured, type TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import type { Pool } from 'pg';
import type { RetentionPolicy } from '../../domain/policy.ts';
import { findAnswer } from '../consents.ts';
import { findCall } from './call-detail.ts';
import { findCallEvidence } from './call-evidence.ts';
import { holdersOf, knownAccounts, type Named } from './holders.ts';
import { type AnswerPlace, isPlaceKnown } from './known-places.ts';
import { findRecording } from './recording-detail.ts';
import { type ListQuery, listRecordings, type RecordingSummary } from './recording-list.ts';

/**
 * Reads the ledger for the records API. The account is part of every question but that of who holds something, and of a list of all.
 * Of a recording whose account is not configured it is said that nothing is done with it.
 */
export const createReader = (pool: Pool, builtIn: RetentionPolicy, accounts: Pick<TwilioAccounts, 'find' | 'all'>) => ({
  /** Every account that is configured or that something is known of, in order. */
  accounts: async () => {
    const known = await knownAccounts(pool);
    return [...new Set([...known, ...accounts.all().map(({ accountSid }) => accountSid)])].toSorted();
  },
  isConfigured: (accountSid: string) => accounts.find(accountSid) !== undefined,
  holdersOf: (named: Named, among: readonly string[]) => holdersOf(pool, named, among),
  list: (query: ListQuery) => listRecordings(pool, query).then((found) => found.map(telling(accounts))),
  find: (accountSid: string, recordingSid: string) =>
    findRecording(pool, accountSid, recordingSid, builtIn).then((found) => found && telling(accounts)(found)),
  findCall: (accountSid: string, callSid: string) =>
    findCall(pool, accountSid, callSid).then(
      (call) => call && { ...call, recordings: call.recordings.map(telling(accounts)) },
    ),
  findCallEvidence: (accountSid: string, callSid: string) => findCallEvidence(pool, accountSid, callSid),
  findAnswer: (accountSid: string, place: AnswerPlace, reference: string) =>
    findAnswer(pool, accountSid, place, reference),
  isPlaceKnown: (accountSid: string, place: AnswerPlace) => isPlaceKnown(pool, accountSid, place),
});

/** What is deleted needs nobody any more. */
const telling =
  ({ find }: Pick<TwilioAccounts, 'find'>) =>
  <Summary extends RecordingSummary>(summary: Summary): Summary => {
    if (summary.state === 'deleted' || find(summary.accountSid) !== undefined) return summary;
    const waits = `It waits: ${notConfigured(summary.accountSid)}.`;
    return { ...summary, reason: [summary.reason, waits].filter(Boolean).join(' ') };
  };

export type RecordsReader = ReturnType<typeof createReader>;
