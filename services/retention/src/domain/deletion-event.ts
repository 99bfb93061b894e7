import { createEvent, type OnrecordEvent, recordingDeleted } from '@onrecord/shared/events';
import type { Deletion } from './deletion.ts';
import type { Recording } from './recording.ts';

/**
 * Twilio deletes the media at once and goes on showing the metadata for 40 days.
 * Source: Twilio, Recordings resource, "Delete a recording", `IncludeSoftDeleted`.
 */
const TWILIO_METADATA_MS = 40 * 86_400_000;

/** @param deletion a completed one, confirmed in both places */
export function deletedEvent(recording: Recording, deletion: Deletion): OnrecordEvent {
  const { source, objects, completedAt = deletion.startedAt } = deletion;
  const confirmedAt = source.confirmedAt ?? completedAt;
  const outcome = source.outcome ?? 'already-gone';
  const metadataUntil = new Date(confirmedAt.getTime() + TWILIO_METADATA_MS).toISOString();
  return createEvent(
    recordingDeleted,
    {
      accountSid: recording.accountSid,
      recordingSid: recording.recordingSid,
      callSid: recording.callSid,
      conferenceSid: recording.conferenceSid,
      deletionId: String(deletion.number),
      cause: deletion.cause,
      objects: objects.deleted.map(({ key, versionId }) => ({ key, versionId })),
      source: {
        outcome,
        confirmedAt: confirmedAt.toISOString(),
        ...(outcome === 'deleted' ? { metadataUntil } : {}),
      },
      deletedAt: completedAt.toISOString(),
    },
    { time: completedAt.toISOString() },
  );
}
