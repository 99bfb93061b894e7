import type { DeletionCertificate } from './certificate-schema.ts';
import type { RecordingEntry } from './custody.ts';
import { type Deletion, isOfObjects, isOfSearchText, isOfSource } from './deletion.ts';
import { deletionId } from './deletion-id.ts';
import { describeDeletion } from './reasons.ts';
import { type ResidueFacts, residuesOf } from './residues.ts';

/** What was reported of an object when it was stored. */
export interface KnownObject {
  key: string;
  sha256: string;
  bytes: number;
  versionId?: string | undefined;
}

export interface CertificateFacts extends ResidueFacts {
  /** The name of the object store that was emptied. */
  store: string;
  /** What carried the deletion out. */
  tool: { name: string; version: string };
  objects: readonly KnownObject[];
}

const METHODS = {
  objects: 'DeleteObjects of each version and delete marker by its version id; incomplete uploads aborted',
  twilio: 'DELETE of the Recordings resource',
} as const;

const CONFIRMED_BY = {
  objects:
    'a fresh listing of versions, delete markers and incomplete uploads under the recording’s folders, which showed none of what was to go',
  twilio: 'a fresh GET of the Recordings resource with IncludeSoftDeleted=true, which showed no media',
} as const;

/** The certificate of a completed deletion. */
export function certificateOf(entry: RecordingEntry, deletion: Deletion, facts: CertificateFacts): DeletionCertificate {
  const { recording } = entry.facts;
  const { completedAt = deletion.startedAt } = deletion;
  return {
    schema: 'onrecord.deletion-certificate.v1',
    deletionId: deletionId(recording, deletion.number),
    issuedAt: completedAt.toISOString(),
    accountSid: recording.accountSid,
    subject: subjectOf(entry),
    data: deletion.classes === undefined ? ['everything'] : [...deletion.classes],
    cause: {
      kind: deletion.cause,
      explanation: describeDeletion(deletion),
      policy: deletion.policy,
      erasureId: deletion.erasureId,
    },
    requestedBy: deletion.requestedBy,
    decision: decisionOf(entry),
    startedAt: deletion.startedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    attempts: deletion.attempts,
    sanitization: {
      type: 'logical-deletion',
      notes: 'Nothing is claimed of the storage media beneath the object store, the database or Twilio.',
      tool: facts.tool,
    },
    objects: deletion.objects.deleted.map((object) => ({ ...object, ...knownOf(object, facts.objects) })),
    places: placesOf(deletion, facts.store, entry.transcript !== undefined),
    residues: residuesOf(deletion, facts),
  };
}

function subjectOf({ facts: { recording } }: RecordingEntry) {
  const { recordingSid, callSid, conferenceSid, startedAt, durationSeconds, channels } = recording;
  return { recordingSid, callSid, conferenceSid, startedAt: startedAt?.toISOString(), durationSeconds, channels };
}

const decisionOf = ({ decision }: RecordingEntry): DeletionCertificate['decision'] =>
  decision && {
    number: decision.number,
    outcome: decision.clearance.outcome,
    rule: decision.clearance.rule,
    policy: { name: decision.policy.name, version: decision.policy.version },
    decidedAt: decision.decidedAt.toISOString(),
  };

/** The hash and size of the version that went; those of another version of the same key say nothing of it. */
function knownOf({ key, versionId }: { key: string; versionId?: string | undefined }, objects: readonly KnownObject[]) {
  const known = objects.find((object) => object.key === key && object.versionId === versionId);
  return known && { sha256: known.sha256, bytes: known.bytes };
}

function placesOf(deletion: Deletion, store: string, hadTranscript: boolean) {
  const { objects, source } = deletion;
  return [
    ...(isOfObjects(deletion)
      ? [
          {
            place: 'object-store' as const,
            name: store,
            outcome: objects.deleted.length > 0 ? ('deleted' as const) : ('nothing-there' as const),
            method: METHODS.objects,
            confirmedBy: CONFIRMED_BY.objects,
            confirmedAt: objects.confirmedAt?.toISOString(),
          },
        ]
      : []),
    ...(isOfSource(deletion)
      ? [
          {
            place: 'twilio' as const,
            name: 'Twilio',
            outcome: source.outcome === 'deleted' ? ('deleted' as const) : ('nothing-there' as const),
            method: METHODS.twilio,
            confirmedBy: CONFIRMED_BY.twilio,
            confirmedAt: source.confirmedAt?.toISOString(),
          },
        ]
      : []),
    ...(isOfSearchText(deletion)
      ? [
          {
            place: 'search-text' as const,
            name: 'the ledger',
            outcome: hadTranscript ? ('deleted' as const) : ('nothing-there' as const),
            method: 'DELETE of the rows that the search reads',
            confirmedBy: 'the transaction that wrote this certificate, which left no such row',
            confirmedAt: deletion.completedAt?.toISOString(),
          },
        ]
      : []),
  ];
}
