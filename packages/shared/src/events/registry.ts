import { alertRaised } from './alert-raised.ts';
import { callStatusChanged } from './call-status-changed.ts';
import { conferenceParticipantJoined } from './conference-participant-joined.ts';
import { consentRecorded } from './consent-recorded.ts';
import { deadLetterSettled } from './dead-letter-settled.ts';
import type { EventOf } from './envelope.ts';
import { erasureCompleted } from './erasure-completed.ts';
import { erasureRequested } from './erasure-requested.ts';
import { holdPlaced } from './hold-placed.ts';
import { holdReleased } from './hold-released.ts';
import { messageFailed } from './message-failed.ts';
import { messageRequested } from './message-requested.ts';
import { messageSent } from './message-sent.ts';
import { recordingArchiveFailed } from './recording-archive-failed.ts';
import { recordingArchived } from './recording-archived.ts';
import { recordingCleared } from './recording-cleared.ts';
import { recordingDataDeleted } from './recording-data-deleted.ts';
import { recordingDeleted } from './recording-deleted.ts';
import { recordingRefused } from './recording-refused.ts';
import { recordingReported } from './recording-reported.ts';
import { recordingWithheld } from './recording-withheld.ts';
import { transcriptCompleted } from './transcript-completed.ts';
import { transcriptFailed } from './transcript-failed.ts';

/** Every event that exists, in the order of a recording's life. */
export const EVENT_DEFINITIONS = [
  callStatusChanged,
  conferenceParticipantJoined,
  recordingReported,
  consentRecorded,
  alertRaised,
  messageRequested,
  messageSent,
  messageFailed,
  recordingCleared,
  recordingWithheld,
  recordingRefused,
  recordingArchived,
  recordingArchiveFailed,
  transcriptCompleted,
  transcriptFailed,
  holdPlaced,
  holdReleased,
  erasureRequested,
  erasureCompleted,
  recordingDataDeleted,
  recordingDeleted,
  deadLetterSettled,
] as const;

/** Any event of the contract. */
export type OnrecordEvent = EventOf<(typeof EVENT_DEFINITIONS)[number]>;
