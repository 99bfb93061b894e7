import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import { RETENTION } from '../domain/actor.ts';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { deletionNumbered, deletionsOf } from '../domain/begin-deletion.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { type Deletion, isOfSearchText } from '../domain/deletion.ts';
import { deletionId } from '../domain/deletion-id.ts';
import { isHeld } from '../domain/held.ts';
import { type Certification, certify } from './certificates.ts';
import { writeDeletion } from './deletions.ts';
import { removeSearchText } from './search-texts.ts';

/** Writes the deletions that are new in `entry` against `known`, the certificates of those that are completed by it, and what was seen of their residues. */
export async function saveDeletions(
  client: ClientBase,
  known: RecordingEntry,
  entry: RecordingEntry,
  certification: Certification,
): Promise<void> {
  // Only where it changed: a worker may be at this deletion, and its lease is in the row.
  const knownDeletions = deletionsOf(known);
  for (const deletion of deletionsOf(entry)) {
    if (knownDeletions.includes(deletion)) continue;
    const before = deletionNumbered(known, deletion.number);
    await writeDeletion(client, entry.facts.recording, deletion, before);
    // With its beginning nobody finds it any more; with its end nothing is left that was written meanwhile. Under a hold it rests, whole.
    const begins = before === undefined && !isHeld(entry);
    if (isOfSearchText(deletion) && (begins || deletion.completedAt !== undefined)) {
      await removeSearchText(client, entry.facts.recording);
    }
    if (deletion.completedAt !== undefined && before?.completedAt === undefined) {
      await certify(client, entry, deletion, certification);
    }
    await appendAudit(client, residueEntries(entry, deletion, before));
  }
}

const residueEntries = ({ facts: { recording } }: RecordingEntry, deletion: Deletion, before: Deletion | undefined) =>
  deletion.residueChecks.slice(before?.residueChecks.length ?? 0).map(
    ({ checkedAt, ...check }): AuditEntry => ({
      accountSid: recording.accountSid,
      at: checkedAt,
      kind: 'deletion.residue-checked',
      actor: RETENTION,
      subject: { recordingSid: recording.recordingSid, deletion: deletionId(recording, deletion.number) },
      details: { ...check },
    }),
  );
