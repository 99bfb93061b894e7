import { plainText } from '@onrecord/shared/telephony/phone-like';
import { RETENTION } from './actor.ts';
import type { AuditEntry } from './audit-entry.ts';
import { deletionNumbered, deletionsOf } from './begin-deletion.ts';
import type { Basis } from './consent-basis.ts';
import type { Decision, RecordingEntry } from './custody.ts';
import type { Deletion } from './deletion.ts';
import { deletionId } from './deletion-id.ts';
import { deletionFailures, deletionStatus } from './evolve-deletion.ts';

type Effect = Pick<AuditEntry, 'kind' | 'actor' | 'details'> & Partial<Pick<AuditEntry, 'at'>> & { deletion?: string };

/**
 * What changing a recording did, an entry for each effect: a decision, another date, and every step of a deletion. Read off what is
 * different, so that no way of changing a recording can forget it.
 */
export function auditOfChange(known: RecordingEntry, entry: RecordingEntry, now: Date): AuditEntry[] {
  const { accountSid, recordingSid, callSid, conferenceSid } = entry.facts.recording;
  const effects = [...decided(known, entry), ...dated(known, entry), ...deleted(known, entry)];
  return effects.map(({ deletion, at = now, ...effect }) => ({
    accountSid,
    at,
    subject: { recordingSid, callSid, conferenceSid, deletion },
    ...effect,
  }));
}

function decided(known: RecordingEntry, { decision }: RecordingEntry): Effect[] {
  if (decision === undefined || decision === known.decision) return [];
  return [{ kind: 'decision.made', actor: RETENTION, at: decision.decidedAt, details: decisionDetails(decision) }];
}

/** Not its reason, whose words may name a party as the recorder did: the rule says the same. */
const decisionDetails = ({ number, clearance, policy, deleteAfter }: Decision) => ({
  decision: number,
  outcome: clearance.outcome,
  rule: clearance.rule,
  policy: { name: plainText(policy.name), version: policy.version },
  basis: clearance.basis && basisDetails(clearance.basis),
  purposes: clearance.outcome === 'cleared' ? [...clearance.purposes] : undefined,
  consented: clearance.outcome === 'cleared' ? clearance.consented?.map(({ purpose }) => purpose) : undefined,
  cause: clearance.outcome === 'refused' ? clearance.cause : undefined,
  deleteAfter: deleteAfter?.toISOString(),
});

/** The law's own words are in the rules of that version. */
const basisDetails = ({ mode, requirement, jurisdiction, rulesVersion }: Basis) => ({
  mode,
  requirement,
  jurisdiction,
  rulesVersion,
});

function dated(known: RecordingEntry, { deleteAfterOverride: after, overrideBy }: RecordingEntry): Effect[] {
  const before = known.deleteAfterOverride;
  if (before?.getTime() === after?.getTime()) return [];
  const details = { before: before?.toISOString() ?? null, deleteAfter: after?.toISOString() ?? null };
  return [{ kind: 'retention.changed', actor: overrideBy ?? RETENTION, details }];
}

const deleted = (known: RecordingEntry, entry: RecordingEntry): Effect[] =>
  deletionsOf(entry).flatMap((deletion) => {
    const before = deletionNumbered(known, deletion.number);
    if (before === deletion) return [];
    const name = deletionId(entry.facts.recording, deletion.number);
    return [...begun(before, deletion), ...stepped(before, deletion)].map((effect) => ({ ...effect, deletion: name }));
  });

function begun(before: Deletion | undefined, { cause, classes, requestedBy, startedAt }: Deletion): Effect[] {
  if (before !== undefined) return [];
  const details = { cause, classes: classes && [...classes] };
  const begin = { kind: 'deletion.begun', at: startedAt } as const;
  // Whoever answered has no name here: the entry says where and how.
  return requestedBy?.kind === 'answer'
    ? [
        {
          ...begin,
          actor: RETENTION,
          details: { ...details, answer: { in: requestedBy.id, method: requestedBy.method } },
        },
      ]
    : [{ ...begin, actor: requestedBy ?? RETENTION, details }];
}

function stepped(before: Deletion | undefined, deletion: Deletion): Effect[] {
  const { objects, source, attempts, cause } = deletion;
  const effects: Effect[] = [];
  const step = (kind: Effect['kind'], details: Effect['details']) => effects.push({ kind, actor: RETENTION, details });
  const found = objects.found.length - (before?.objects.found.length ?? 0);
  const isSeen = source.seenAt?.getTime() !== before?.source.seenAt?.getTime();
  if (found > 0 || isSeen) step('deletion.found', { objects: found, atTwilio: isSeen });
  // A completed one is told of as such. What failed is in the ledger: errors of others quote what they like.
  if (attempts > (before?.attempts ?? 0)) {
    const failed = deletionFailures(deletion).map(({ place }) => place);
    const took = { objects: objects.deleted.length, twilio: source.outcome };
    const isDone = deletion.completedAt !== undefined;
    if (isDone) step('deletion.completed', { cause, attempts, ...took });
    else step('deletion.attempted', { attempt: attempts, status: deletionStatus(deletion), failed, ...took });
  }
  const isLookedAt = deletion.lookedAgainAt !== undefined && before?.lookedAgainAt === undefined;
  if (isLookedAt) step('deletion.rechecked', { objects: 0 });
  return effects;
}
