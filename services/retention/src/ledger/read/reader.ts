import type { Pool } from 'pg';
import type { RetentionPolicy } from '../../domain/policy.ts';
import { findConsent } from '../consents.ts';
import { findCall } from './call-detail.ts';
import { findRecording } from './recording-detail.ts';
import { type ListQuery, listRecordings } from './recording-list.ts';

/** Reads the ledger for the records API. The account is part of every question: there is no other way to a row. */
export const createReader = (pool: Pool, policy: RetentionPolicy) => ({
  list: (query: ListQuery) => listRecordings(pool, query),
  find: (accountSid: string, recordingSid: string) => findRecording(pool, accountSid, recordingSid, policy),
  findCall: (accountSid: string, callSid: string) => findCall(pool, accountSid, callSid),
  findConsent: (accountSid: string, consentId: string) => findConsent(pool, accountSid, consentId),
});

export type RecordsReader = ReturnType<typeof createReader>;
