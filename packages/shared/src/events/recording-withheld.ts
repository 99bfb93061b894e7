import { z } from 'zod';
import { decisionFields } from './decision.ts';
import { defineEvent, TOPICS } from './envelope.ts';

/** Consent is unknown after the grace period: nothing is stored, transcribed or destroyed until it is known. */
export const recordingWithheld = defineEvent({
  type: 'onrecord.recording.withheld.v1',
  topic: TOPICS.decisions,
  summary:
    'Consent is unknown: the recording stays at Twilio, untouched, until somebody records consent or changes the policy.',
  schema: z.looseObject({
    ...decisionFields,
    /** What would release it, one sentence each. */
    releasedBy: z.array(z.string()).min(1),
  }),
  key: (data) => data.recordingSid,
  id: (data) => `decision:${data.recordingSid}:${data.decision}`,
});
