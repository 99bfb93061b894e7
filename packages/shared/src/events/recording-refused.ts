import { z } from 'zod';
import { decisionFields } from './decision.ts';
import { defineEvent, instant, TOPICS } from './envelope.ts';

/** Somebody on the call said no. */
export const recordingRefused = defineEvent({
  type: 'onrecord.recording.refused.v1',
  topic: TOPICS.decisions,
  summary:
    'A party refused: the recording is never transcribed and is deleted, at Twilio too, after a delay in which a mistake can be undone.',
  schema: z.looseObject({
    ...decisionFields,
    deleteAfter: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `decision:${data.recordingSid}:${data.decision}`,
});
