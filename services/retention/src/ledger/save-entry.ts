import type { ClientBase, QueryResultRow } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import { auditOfChange } from '../domain/audit-of-change.ts';
import { type RecordingEntry, reviewAt } from '../domain/custody.ts';
import { numbersDueAt } from '../domain/due.ts';
import { metadataDueAt } from '../domain/metadata-due.ts';
import { planClasses } from '../domain/plan-classes.ts';
import { planDeletion } from '../domain/plan-deletion.ts';
import type { RetentionPolicy } from '../domain/policy.ts';
import { stateOf } from '../domain/state.ts';
import type { Certification } from './certificates.ts';
import { writeDecision } from './decisions.ts';
import { noteItems } from './erasures/items.ts';
import { updateRow } from './rows.ts';
import { saveDeletions } from './save-deletions.ts';

interface SaveContext {
  policy: RetentionPolicy;
  /** Of the rules on places that it was read by. */
  rulesVersion: string;
  /** As `RecordingChange` has it. */
  decidedBy: string | undefined;
  certification: Certification;
  now: Date;
}

/** Writes what is new in `entry` against `known`, and the columns that listing and sweeping go by. */
export async function saveEntry(
  client: ClientBase,
  row: QueryResultRow,
  known: RecordingEntry,
  entry: RecordingEntry,
  { policy, rulesVersion, decidedBy, certification, now }: SaveContext,
): Promise<void> {
  const { recording } = entry.facts;
  await appendAudit(client, auditOfChange(known, entry, now));
  if (entry.decision !== undefined && entry.decision !== known.decision) {
    await writeDecision(client, entry.facts, entry.decision);
  }
  await saveDeletions(client, known, entry, certification);
  if (entry.erasure !== undefined) await noteItems(client, recording, entry.erasure);
  const plan = planDeletion(entry, policy);
  const isForgotten = entry.metadataRemovedAt !== undefined;
  const columns = {
    prefix: entry.prefix,
    delete_after_override: entry.deleteAfterOverride,
    override_by: entry.overrideBy,
    state: stateOf(entry),
    erasure_id: entry.erasure?.erasureId,
    decision: entry.decision?.number,
    review_at: reviewAt(entry, policy),
    delete_after: plan?.deleteAfter,
    delete_cause: plan?.cause,
    part_due_at: planClasses(entry, policy)[0]?.dueAt,
    policy_rule: isForgotten ? undefined : policy.rule,
    numbers_due_at: numbersDueAt(entry, policy),
    metadata_due_at: metadataDueAt(entry, policy),
    // As for a policy: what was not decided on just now still waits for that.
    rules_version:
      policy.goesByPlaces && entry.deletion === undefined
        ? ((decidedBy === undefined ? row.rules_version : undefined) ?? rulesVersion)
        : undefined,
    // What was saved without a decision, as under a hold, still waits for that of a new policy.
    planned_with: isForgotten ? undefined : (decidedBy ?? row.planned_with ?? policy.mark),
  };
  if (Object.entries(columns).every(([name, value]) => isSame(row[name], value))) return;
  const key = { account_sid: recording.accountSid, recording_sid: recording.recordingSid };
  await updateRow(client, 'ledger.recordings', key, columns);
}

function isSame(stored: unknown, value: unknown): boolean {
  if (stored instanceof Date && value instanceof Date) return stored.getTime() === value.getTime();
  return (stored ?? undefined) === value;
}
