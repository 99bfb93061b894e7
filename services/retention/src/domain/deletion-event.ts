import { createEvent, type OnrecordEvent, recordingDataDeleted, recordingDeleted } from '@onrecord/shared/events';
import { type Deletion, isOfSource } from './deletion.ts';
import type { Recording } from './recording.ts';

/**
 * Twilio deletes the media at once and goes on showing the metadata for 40 days.
 * Source: Twilio, changelog of 2022-03-03, "Fetch deleted call recording metadata", and `IncludeSoftDeleted` in its OpenAPI document.
 */
export const TWILIO_METADATA_MS = 40 * 86_400_000;

/** @param deletion a completed one, confirmed in each of its places */
export function deletedEvent(recording: Recording, deletion: Deletion): OnrecordEvent {
  const { source, objects, classes, completedAt = deletion.startedAt } = deletion;
  const confirmedAt = source.confirmedAt ?? completedAt;
  const outcome = source.outcome ?? 'already-gone';
  const metadataUntil = new Date(confirmedAt.getTime() + TWILIO_METADATA_MS).toISOString();
  const common = {
    accountSid: recording.accountSid,
    recordingSid: recording.recordingSid,
    callSid: recording.callSid,
    conferenceSid: recording.conferenceSid,
    deletionId: String(deletion.number),
    cause: deletion.cause,
    objects: objects.deleted.map(({ key, versionId }) => ({ key, versionId })),
    deletedAt: completedAt.toISOString(),
  };
  const told = {
    outcome,
    confirmedAt: confirmedAt.toISOString(),
    ...(outcome === 'deleted' ? { metadataUntil } : {}),
  };
  const context = { time: completedAt.toISOString() };
  if (classes === undefined) return createEvent(recordingDeleted, { ...common, source: told }, context);
  const ofParts = { ...common, classes: [...classes], ...(isOfSource(deletion) ? { source: told } : {}) };
  return createEvent(recordingDataDeleted, ofParts, context);
}
