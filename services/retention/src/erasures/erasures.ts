import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { DecisionObserver, RecordingLedger } from '../change-recording.ts';
import type { Erasure, Residue } from '../domain/erasure.ts';
import type { ErasureResult } from '../domain/resolve-erasure.ts';
import { type CallCounts, countCalls } from '../ledger/erasures/calls-at-twilio.ts';
import { countItems, type ErasureItem, listItems } from '../ledger/erasures/items.ts';
import { listResidues } from '../ledger/erasures/residues.ts';
import { type ErasurePosition, findErasure, listErasures } from '../ledger/erasures/rows.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { callOffTranscriptions } from './call-off-transcriptions.ts';
import { type ErasureRequest, requestErasure } from './request-erasure.ts';

/** An erasure with what became of the recordings that it covers, and what is left elsewhere. */
export interface ErasureDetail {
  erasure: Erasure;
  results: Partial<Record<ErasureResult, number>>;
  callsAtTwilio: CallCounts;
  residues: Residue[];
}

/** Erasures as the records API requests and shows them; `accounts` are those that the request may see. */
export interface Erasures {
  request(request: ErasureRequest): Promise<{ erasure: Erasure; isNew: boolean }>;
  list(accounts: readonly string[], after: ErasurePosition | undefined, limit: number): Promise<Erasure[]>;
  find(accounts: readonly string[], erasureId: string): Promise<ErasureDetail | undefined>;
  /** In the order of their SIDs, after `after`. */
  items(erasure: Erasure, after: string, limit: number): Promise<ErasureItem[]>;
}

export interface ErasuresOptions extends DecisionObserver {
  pool: Pool;
  ledger: RecordingLedger;
  pseudonyms: Pseudonyms;
  clock: () => Date;
}

export const createErasures = ({ pool, ledger, pseudonyms, clock, onDecision }: ErasuresOptions): Erasures => ({
  request: async (request) => {
    const requested = await requestErasure(request, { pool, pseudonyms, now: clock(), newId: randomUUID });
    await callOffTranscriptions({ pool, ledger, clock, onDecision }, requested.erasure);
    return requested;
  },
  list: (accounts, after, limit) =>
    inTenant(pool, accounts, (client) => listErasures(client, accounts, { after, limit })),
  find: (accounts, erasureId) =>
    inTenant(pool, accounts, async (client) => {
      const erasure = await findErasure(client, accounts, erasureId);
      if (erasure === undefined) return undefined;
      const results = await countItems(client, erasure.accountSid, erasureId);
      const callsAtTwilio = await countCalls(client, erasure);
      return { erasure, results, callsAtTwilio, residues: await listResidues(client, erasure) };
    }),
  items: (erasure, after, limit) =>
    inTenant(pool, erasure.accountSid, (client) => listItems(client, erasure, { after, limit })),
});
