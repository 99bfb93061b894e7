import { z } from 'zod';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { failureFields, mediaFields } from './media.ts';

/** Archiving was given up; the event that asked for it is a dead letter. */
export const recordingArchiveFailed = defineEvent({
  type: 'onrecord.recording.archive-failed.v1',
  topic: TOPICS.media,
  summary: 'The recording could not be archived and waits as a dead letter.',
  schema: z.looseObject({ ...mediaFields, ...failureFields, decision: z.number().int().positive(), failedAt: instant }),
  key: (data) => data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:archive-failed:${data.decision}`,
});
