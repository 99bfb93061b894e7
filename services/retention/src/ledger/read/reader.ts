import type { Pool } from 'pg';
import type { RetentionPolicy } from '../../domain/policy.ts';
import { findAnswer } from '../consents.ts';
import { findCall } from './call-detail.ts';
import { findCallEvidence } from './call-evidence.ts';
import { type AnswerPlace, isPlaceKnown } from './known-places.ts';
import { findRecording } from './recording-detail.ts';
import { type ListQuery, listRecordings } from './recording-list.ts';

/** Reads the ledger for the records API. The account is part of every question: there is no other way to a row. */
export const createReader = (pool: Pool, policy: RetentionPolicy) => ({
  list: (query: ListQuery) => listRecordings(pool, query),
  find: (accountSid: string, recordingSid: string) => findRecording(pool, accountSid, recordingSid, policy),
  findCall: (accountSid: string, callSid: string) => findCall(pool, accountSid, callSid),
  findCallEvidence: (accountSid: string, callSid: string) => findCallEvidence(pool, accountSid, callSid),
  findAnswer: (accountSid: string, place: AnswerPlace, reference: string) =>
    findAnswer(pool, accountSid, place, reference),
  isPlaceKnown: (accountSid: string, place: AnswerPlace) => isPlaceKnown(pool, accountSid, place),
});

export type RecordsReader = ReturnType<typeof createReader>;
