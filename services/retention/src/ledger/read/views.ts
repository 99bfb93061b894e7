import type { Consent } from '../../domain/consent.ts';
import { consentedOf } from '../../domain/consented.ts';
import type { Decision, RecordingEntry } from '../../domain/custody.ts';
import { type DeletionStatus, deletionStatus } from '../../domain/evolve-deletion.ts';
import { isHeld } from '../../domain/held.ts';
import { planDeletion } from '../../domain/plan-deletion.ts';
import type { RetentionPolicy } from '../../domain/policy.ts';
import { iso } from './recording-list.ts';

/** A decision as it is shown. */
export const viewDecision = ({ number, clearance, policy, decidedAt, deleteAfter, continues }: Decision) => ({
  number,
  outcome: clearance.outcome,
  purposes: clearance.outcome === 'cleared' ? [...clearance.purposes] : [],
  consented:
    clearance.outcome === 'cleared'
      ? consentedOf(clearance).map(({ purpose, until }) => ({ purpose, until: iso(until) }))
      : [],
  continues: continues?.number,
  rule: clearance.rule,
  reason: clearance.reason,
  releasedBy: clearance.outcome === 'cleared' ? [] : [...clearance.releasedBy],
  policy,
  basis: clearance.basis,
  decidedAt: decidedAt.toISOString(),
  reviewAt: clearance.outcome === 'waiting' ? clearance.reviewAt.toISOString() : undefined,
  deleteAfter: iso(deleteAfter),
});

export const viewConsent = (consent: Consent) => ({
  consentId: consent.consentId,
  callSid: consent.callSid,
  conferenceSid: consent.conferenceSid,
  party: consent.party,
  outcome: consent.outcome,
  purposes: [...consent.purposes],
  method: consent.method,
  promptVersion: consent.promptVersion,
  language: consent.language,
  proof: consent.proof,
  recordedAt: consent.recordedAt.toISOString(),
  expiresAt: iso(consent.expiresAt),
  byNumber: consent.isByNumber,
});

export interface DeletionView {
  status: DeletionStatus | 'planned' | 'suspended';
  cause: string;
  deleteAfter?: string | undefined;
  number?: number;
  startedAt?: string;
  attempts?: number;
  nextAttemptAt?: string | undefined;
  completedAt?: string | undefined;
  objects?: { deleted: number; confirmedAt?: string | undefined; failure?: string | undefined };
  twilio?: { outcome?: string | undefined; confirmedAt?: string | undefined; failure?: string | undefined };
}

/** What is planned, else what was begun or done; `undefined` where the recording has no end in sight. */
export function viewDeletion(entry: RecordingEntry, policy: RetentionPolicy): DeletionView | undefined {
  const plan = planDeletion(entry, policy);
  if (plan !== undefined) return { status: 'planned', cause: plan.cause, deleteAfter: iso(plan.deleteAfter) };
  const { deletion } = entry;
  if (deletion === undefined) return undefined;
  const { objects, source } = deletion;
  return {
    status: isHeld(entry) && deletion.completedAt === undefined ? 'suspended' : deletionStatus(deletion),
    cause: deletion.cause,
    number: deletion.number,
    startedAt: deletion.startedAt.toISOString(),
    attempts: deletion.attempts,
    nextAttemptAt: deletion.completedAt === undefined ? iso(deletion.nextAttemptAt) : undefined,
    completedAt: iso(deletion.completedAt),
    objects: { deleted: objects.deleted.length, confirmedAt: iso(objects.confirmedAt), failure: objects.failure },
    twilio: { outcome: source.outcome, confirmedAt: iso(source.confirmedAt), failure: source.failure },
  };
}
