import {
  type EventOf,
  type OnrecordEvent,
  recordingArchived,
  recordingArchiveFailed,
  transcriptCompleted,
  transcriptFailed,
} from '@onrecord/shared/events';

const MEDIA_FACTS = [recordingArchived, recordingArchiveFailed, transcriptCompleted, transcriptFailed] as const;

/** What the transcriber reports of a recording: each may mean that there are objects, a failure too. */
export const isMediaFact = (event: OnrecordEvent): event is EventOf<(typeof MEDIA_FACTS)[number]> =>
  MEDIA_FACTS.some(({ type }) => type === event.type);
