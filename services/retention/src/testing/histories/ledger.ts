import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Change, Due, DueLedger, RecordingKey, RecordingLedger } from '../../change-recording.ts';
import type { DeletionKey } from '../../deletions/deletion-queue.ts';
import { deletionsOf } from '../../domain/begin-deletion.ts';
import { certificateOf } from '../../domain/certificate.ts';
import type { DeletionCertificate } from '../../domain/certificate-schema.ts';
import { type RecordingEntry, reviewAt } from '../../domain/custody.ts';
import type { Deletion } from '../../domain/deletion.ts';
import { metadataDueAt } from '../../domain/metadata-due.ts';
import { planClasses } from '../../domain/plan-classes.ts';
import { planDeletion } from '../../domain/plan-deletion.ts';
import type { PolicyFor } from '../../domain/policy-for.ts';
import { evolveRecording, type Recording } from '../../domain/recording.ts';
import { STORE } from './places.ts';
import { erasureOf, factsOf, forget, holdsOn, nothingTold } from './told.ts';

type Kept = 'decision' | 'prefix' | 'inFlight' | 'archive' | 'transcript' | 'lateMediaAt' | 'metadataRemovedAt';

/** What is kept of one recording beside its facts, and the columns that sweeps go by. */
interface Row {
  recording: Recording;
  kept: Partial<Pick<RecordingEntry, Kept>>;
  deletions: Map<number, Deletion>;
  heldOnce: Set<string>;
  due: Partial<Record<Exclude<Due, 'plan' | 'rules'> | 'metadata', Date | undefined>>;
  plannedWith?: string | undefined;
}

const CERTIFICATION = { store: STORE, tool: { name: 'onrecord', version: '0' }, eventLogRetentionMs: 0 };

/** The ledger of a history, in memory: it keeps and finds rows as Postgres does, and leaves every rule to the domain. */
export class HistoryLedger implements RecordingLedger, DueLedger {
  readonly told = nothingTold();
  readonly rows = new Map<string, Row>();
  readonly events: OnrecordEvent[] = [];
  readonly certificates: DeletionCertificate[] = [];
  policyFor: PolicyFor;
  readonly #onSave: (known: RecordingEntry, entry: RecordingEntry) => void;

  constructor(policyFor: PolicyFor, onSave: (known: RecordingEntry, entry: RecordingEntry) => void) {
    this.policyFor = policyFor;
    this.#onSave = onSave;
  }

  report(recording: Recording): Row {
    const known = this.rows.get(recording.recordingSid);
    const row: Row = known ?? { recording, kept: {}, deletions: new Map(), heldOnce: new Set(), due: {} };
    if (row.kept.metadataRemovedAt === undefined) row.recording = evolveRecording(known?.recording, recording);
    this.rows.set(recording.recordingSid, row);
    return row;
  }

  load({ recording, kept, deletions, heldOnce }: Row): RecordingEntry {
    const facts = factsOf(recording, this.told);
    const all = [...deletions.values()];
    return {
      ...{ facts, ...kept, holds: holdsOn(facts, this.told, heldOnce), erasure: erasureOf(facts, this.told) },
      deletion: all.filter(({ classes }) => classes === undefined).at(-1),
      partDeletions: all.filter(({ classes }) => classes !== undefined),
    };
  }

  async change({ recordingSid }: RecordingKey, change: Change): Promise<RecordingEntry | undefined> {
    const row = this.rows.get(recordingSid);
    return row && this.#apply(row, change);
  }

  async changeDue(due: Due, now: Date, limit: number, change: Change) {
    const isDue = (row: Row) => {
      if (due === 'rules' || due === 'again') return false;
      if (due !== 'plan') return (row.due[due] ?? new Date(8.64e15)) <= now;
      return row.plannedWith !== undefined && row.plannedWith !== this.policyFor(this.load(row)).mark;
    };
    const rows = [...this.rows.values()].filter(isDue).slice(0, limit);
    for (const row of rows) this.#apply(row, change);
    return { due: rows.length, failed: [] };
  }

  /** Of deletions that are to be attempted now. */
  takeDue = (now: Date): DeletionKey[] =>
    [...this.rows.values()].flatMap(({ recording, deletions }) =>
      [...deletions.values()]
        .filter(({ nextAttemptAt }) => nextAttemptAt !== undefined && nextAttemptAt <= now)
        .map(({ number }) => ({ ...recording, deletion: number })),
    );

  /** Removes what is known of recordings, and of their calls, whose metadata are due. @returns how many were */
  forgetDue(now: Date, onForget: (entry: RecordingEntry) => void): number {
    const isDue = ({ due }: Row) => due.metadata !== undefined && due.metadata <= now;
    const rows = [...this.rows.values()].filter(isDue);
    for (const row of rows) {
      const entry = this.load(row);
      row.due.metadata = metadataDueAt(entry, this.policyFor(entry));
      if (!isDue(row)) continue;
      onForget(entry);
      const { accountSid, recordingSid, callSid, conferenceSid, reportedAt, learnedAt } = row.recording;
      row.recording = { accountSid, recordingSid, callSid, conferenceSid, status: 'deleted', reportedAt, learnedAt };
      const { prefix, inFlight, lateMediaAt } = row.kept;
      row.kept = { prefix, inFlight, lateMediaAt, metadataRemovedAt: now };
      row.due = {};
      row.plannedWith = undefined;
      forget(this.told, [...entry.facts.legs, ...entry.facts.participants, conferenceSid ?? '']);
    }
    return rows.length;
  }

  #apply(row: Row, change: Change): RecordingEntry {
    const known = this.load(row);
    const policy = this.policyFor(known);
    const changed = change(known, policy);
    if (changed === undefined) return known;
    const { entry } = changed;
    const { decision, prefix, inFlight } = entry;
    row.kept = { ...row.kept, decision, prefix, inFlight };
    for (const deletion of deletionsOf(entry)) this.#write(row, entry, deletion);
    for (const { holdId } of entry.holds ?? []) row.heldOnce.add(holdId);
    row.due = {
      review: reviewAt(entry, policy),
      deletion: planDeletion(entry, policy)?.deleteAfter,
      part: planClasses(entry, policy)[0]?.dueAt,
      metadata: metadataDueAt(entry, policy),
    };
    row.plannedWith =
      entry.metadataRemovedAt === undefined ? (changed.decidedBy ?? row.plannedWith ?? policy.mark) : undefined;
    this.events.push(...changed.events);
    this.#onSave(known, entry);
    return entry;
  }

  #write({ deletions }: Row, entry: RecordingEntry, deletion: Deletion): void {
    const before = deletions.get(deletion.number);
    if (before === deletion) return;
    deletions.set(deletion.number, deletion);
    if (deletion.completedAt !== undefined && before?.completedAt === undefined) {
      this.certificates.push(certificateOf(entry, deletion, { ...CERTIFICATION, objects: [], providers: [] }));
    }
    if (before !== undefined) return;
    // A new one looks wherever an earlier one, of the same or of a part of it, would have looked once more.
    for (const [number, other] of deletions) {
      const isPart = deletion.classes === undefined || other.classes?.every((each) => deletion.classes?.includes(each));
      if (number < deletion.number && other.completedAt !== undefined && isPart)
        deletions.set(number, { ...other, nextAttemptAt: undefined });
    }
  }
}
