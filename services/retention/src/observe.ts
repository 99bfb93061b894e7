import type { Logger } from '@onrecord/shared/telemetry/logger';
import type { DecisionObserver } from './change-recording.ts';
import type { Attempted } from './deletions/delete-recording.ts';
import { type RecordingEntry, reviewAt } from './domain/custody.ts';
import type { Deletion } from './domain/deletion.ts';
import { deletionFailures, deletionStatus } from './domain/evolve-deletion.ts';
import { planDeletion } from './domain/plan-deletion.ts';
import { stateOf } from './domain/state.ts';
import type { RetentionMetrics } from './metrics.ts';

export interface Observer extends DecisionObserver {
  onDeletionAttempt(attempted: Attempted): void;
}

/** Says of every decision and every deletion what was done and why, and wakes the sweeper for what follows from it. */
export function createObserver(logger: Logger, metrics: RetentionMetrics, wakeAt: (at: Date) => void): Observer {
  return {
    onDecision: (entry, policy) => {
      const { decision } = entry;
      if (decision === undefined) return;
      const { clearance } = decision;
      metrics.decided(clearance.outcome);
      logger.info(
        {
          ...names(entry),
          decision: decision.number,
          outcome: clearance.outcome,
          rule: clearance.rule,
          reason: clearance.reason,
          policy: `${decision.policy.name} v${decision.policy.version}`,
          reviewAt: reviewAt(entry, policy),
          deleteAfter: decision.deleteAfter,
        },
        `recording ${stateOf(entry)}`,
      );
      const next = reviewAt(entry, policy) ?? planDeletion(entry, policy)?.deleteAfter;
      if (next !== undefined) wakeAt(next);
    },
    onDeletionAttempt: ({ entry, deletion }) => {
      const status = deletionStatus(deletion);
      metrics.attemptedDeletion(status);
      const { cause, attempts, nextAttemptAt } = deletion;
      const fields = { ...names(entry), status, cause, attempts, objects: deletion.objects.deleted.length };
      if (status === 'done')
        return logger.info({ ...fields, outcome: deletion.source.outcome }, `${subjectOf(deletion)} deleted`);
      const reason = deletionFailures(deletion).map((failure) => `${failure.place}: ${failure.reason}`);
      logger.warn(
        { ...fields, reason, nextAttemptAt },
        `${subjectOf(deletion)} not deleted everywhere yet; trying again`,
      );
      if (nextAttemptAt !== undefined) wakeAt(nextAttemptAt);
    },
  };
}

const subjectOf = ({ classes }: Deletion) =>
  classes === undefined ? 'recording' : `${classes.join(', ')} of a recording`;

const names = ({ facts: { recording } }: RecordingEntry) => ({
  accountSid: recording.accountSid,
  recordingSid: recording.recordingSid,
  callSid: recording.callSid,
  conferenceSid: recording.conferenceSid,
});
