import type { OnrecordEvent } from '@onrecord/shared/events';
import type { RecordingEntry } from './domain/custody.ts';
import type { RetentionPolicy } from './domain/policy.ts';

/** Names a recording; the account is the tenant. */
export interface RecordingKey {
  accountSid: string;
  recordingSid: string;
}

/** What a use case makes of an entry: the entry as it shall be, and what the world is to be told. */
interface RecordingChange {
  entry: RecordingEntry;
  events: readonly OnrecordEvent[];
  /** The mark of the policy that it was decided by just now; absent where nothing was decided. */
  decidedBy?: string | undefined;
}

/**
 * Pure: the entry as it is, with the row locked, and the policy that holds for it, read in the same transaction; `undefined` leaves
 * everything as it is.
 */
export type Change = (entry: RecordingEntry, policy: RetentionPolicy) => RecordingChange | undefined;

/** Changes one recording, and publishes what follows from it, in one transaction. */
export interface RecordingLedger {
  /** @returns the entry as it is afterwards, or `undefined` for a recording that the ledger does not know */
  change(key: RecordingKey, change: Change): Promise<RecordingEntry | undefined>;
}

/**
 * Why the sweeper looks at a recording without a new event; `plan`: it was planned by another policy than the one that holds now; `rules`: it was
 * judged by another version of the rules on places; `again`: its decision was left to the sweeper.
 */
export type Due = 'review' | 'deletion' | 'part' | 'plan' | 'rules' | 'again';

/** Changes a batch of the recordings of each account that are due, skipping those that another worker is at. */
export interface DueLedger {
  /**
   * One that cannot be changed does not keep the others from it.
   * @returns how many were due of the account with the most, at most `limit`; fewer means that nothing more is due. `failed` stayed
   * as they were
   */
  changeDue(
    due: Due,
    now: Date,
    limit: number,
    change: Change,
  ): Promise<{ due: number; failed: readonly RecordingKey[] }>;
}

/** Receives every new decision and every other change worth a log line. */
export interface DecisionObserver {
  onDecision(entry: RecordingEntry, policy: RetentionPolicy): void;
}
