import { z } from 'zod';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { failureFields, mediaFields } from './media.ts';

/** Transcription was given up; the event that asked for it is a dead letter. */
export const transcriptFailed = defineEvent({
  type: 'onrecord.transcript.failed.v1',
  topic: TOPICS.media,
  summary: 'The recording could not be transcribed and waits as a dead letter; its archive is not affected.',
  schema: z.looseObject({ ...mediaFields, ...failureFields, decision: z.number().int().positive(), failedAt: instant }),
  key: (data) => data.recordingSid,
  id: (data) => `transcript:${data.recordingSid}:failed:${data.decision}`,
});
