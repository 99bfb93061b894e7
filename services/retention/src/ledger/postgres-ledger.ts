import type { OnrecordEvent } from '@onrecord/shared/events';
import { appendToOutbox } from '@onrecord/shared/postgres/outbox';
import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { FactLedger } from '../accept-fact.ts';
import type { Change, DueLedger, RecordingKey, RecordingLedger } from '../change-recording.ts';
import type { DeletionQueue } from '../deletions/deletion-queue.ts';
import { RETENTION } from '../domain/actor.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import type { RuleBook } from '../domain/jurisdictions/rule-book.ts';
import type { RetentionPolicy } from '../domain/policy.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import type { Certification } from './certificates.ts';
import { changeDueOfAccounts } from './change-due-of-accounts.ts';
import { decideLater } from './decide-later.ts';
import { renewLease, takeDueDeletions } from './deletions.ts';
import { saveHolds } from './holds/save-holds.ts';
import { loadEntry } from './load-entry.ts';
import { createPolicies } from './load-policies.ts';
import { forgetOldCalls } from './metadata/forget-old-calls.ts';
import { forgetRecordings } from './metadata/forget-recordings.ts';
import { type CallJudge, judgeCall } from './metadata/judge-call.ts';
import { saveEntry } from './save-entry.ts';
import { inTenant } from './tenancy.ts';
import { recordingsTouchedBy } from './touched.ts';
import { withoutNul } from './without-nul.ts';
import { writeOnce } from './write-once.ts';

/**
 * How many recordings are decided on with the fact that bears on them: what somebody answers by number can bear on all calls of years, for
 * which neither a request nor the events behind this one are to wait.
 */
const DECIDED_AT_ONCE = 50;

/** What is known of recordings and calls, when its period is over. */
interface ForgettingLedger {
  /** @returns how many were due of the account with the most, at most `limit` */
  forgetRecordings(now: Date, limit: number): Promise<number>;
  /** Of those without recordings. @returns as `forgetRecordings` */
  forgetOldCalls(now: Date, limit: number): Promise<number>;
}

export type Ledger = FactLedger & RecordingLedger & DueLedger & DeletionQueue & ForgettingLedger & CallJudge;

export interface LedgerOptions {
  pool: Pool;
  /** Whose recordings the sweeper works on, at the moment of asking: those of others need credentials that are not there. */
  accounts: () => readonly string[];
  /** Holds where an account has no policy of its own. */
  builtIn: RetentionPolicy;
  certification: Certification;
  pseudonyms: Pseudonyms;
  /** What the places of parties ask for. */
  ruleBook: RuleBook;
  clock: () => Date;
  /** Called after a commit that put events into the outbox. */
  onPublish: () => void;
  /** Something was left to the sweeper that is due at once. */
  onLater: () => void;
  /** A recording that was due could not be changed; it is tried again later, and the others are changed all the same. */
  onFailed: (key: RecordingKey, error: unknown) => void;
}

export function openLedger({
  pool,
  accounts,
  builtIn,
  ruleBook,
  certification,
  pseudonyms,
  clock,
  onPublish,
  onLater,
  onFailed,
}: LedgerOptions): Ledger {
  const policies = createPolicies(builtIn, ruleBook);
  const applyChange = async (client: ClientBase, row: QueryResultRow, change: Change) => {
    const known = await loadEntry(client, row, { ruleBook, pseudonyms });
    const policy = (await policies.of(client, row.account_sid))(known);
    const changed = change(known, policy);
    if (changed === undefined) return { entry: known, published: false };
    await saveEntry(client, row, known, changed.entry, {
      policy,
      rulesVersion: ruleBook.version,
      decidedBy: changed.decidedBy,
      certification,
      now: clock(),
    });
    await saveHolds(client, row, known, changed.entry, clock());
    await appendToOutbox(client, changed.events);
    return { entry: changed.entry, published: changed.events.length > 0 };
  };
  const afterCommit = <T>(result: T & { published: boolean }): T => {
    if (result.published) onPublish();
    return result;
  };
  const forgetting = (now: Date, limit: number) => ({
    ...{ pool, policies, now, limit, accounts: accounts(), reading: { ruleBook, pseudonyms } },
  });
  return {
    record: async (given, { publish, actor = RETENTION }) => {
      // The data of an event from the log are read on demand, and are no field that a copy has by itself.
      const event = { ...withoutNul({ ...given }), data: withoutNul(given.data) } as OnrecordEvent;
      const { isNew, isForgotten } = afterCommit(
        await writeOnce(pool, event, { publish, actor, pseudonyms, policies, now: clock() }),
      );
      const touched = await recordingsTouchedBy(pool, event, pseudonyms);
      const later = touched.slice(DECIDED_AT_ONCE);
      await decideLater(pool, later);
      if (later.length > 0) onLater();
      return { isNew, isForgotten, touched: touched.slice(0, DECIDED_AT_ONCE), later: later.length };
    },
    change: async (key, change) =>
      afterCommit(
        await inTenant(
          pool,
          key.accountSid,
          async (client): Promise<{ entry?: RecordingEntry; published: boolean }> => {
            const row = await lockRecording(client, key);
            return row === undefined ? { published: false } : applyChange(client, row, change);
          },
        ),
      ).entry,
    changeDue: async (due, now, limit, change) =>
      afterCommit(
        await changeDueOfAccounts(
          pool,
          { due, accounts: accounts(), now, mark: due === 'rules' ? ruleBook.version : builtIn.mark, limit },
          { apply: async (client, row) => (await applyChange(client, row, change)).published, onFailed },
        ),
      ),
    takeDueDeletions: (now, leaseMs, limit) => takeDueDeletions(pool, { accounts: accounts(), now, leaseMs, limit }),
    renewLease: (key, lease) => renewLease(pool, key, lease),
    forgetRecordings: (now, limit) => forgetRecordings(forgetting(now, limit)),
    forgetOldCalls: (now, limit) => forgetOldCalls(forgetting(now, limit)),
    judgeCall: (client, accountSid, legs) => judgeCall(client, policies, accountSid, legs),
  };
}

async function lockRecording(client: ClientBase, key: RecordingKey): Promise<QueryResultRow | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.recordings where account_sid = $1 and recording_sid = $2 for no key update',
    [key.accountSid, key.recordingSid],
  );
  return rows[0];
}
