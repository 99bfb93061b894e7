import type { AuditKind } from '@onrecord/retention/domain/audit-entry';
import type { TestLedger } from '../ledger.ts';

/** Something that goes on record, ready to happen. */
export interface Ready {
  ledger: TestLedger;
  happens(): Promise<unknown>;
}

/** A row of the table: what is done, and every entry that it makes, in their order. */
export interface Effect {
  what: string;
  by: 'token' | 'service' | 'operator';
  makes: readonly AuditKind[];
}
