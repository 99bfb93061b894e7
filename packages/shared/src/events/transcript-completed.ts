import { z } from 'zod';
import { defineEvent, instant, sha256, TOPICS } from './envelope.ts';
import { mediaFields, storedObject } from './media.ts';

/** The transcript and the provider's untouched answer are durable in the object store. */
export const transcriptCompleted = defineEvent({
  type: 'onrecord.transcript.completed.v1',
  topic: TOPICS.media,
  summary:
    'The transcript is in the object store as JSON, WebVTT, SRT and text, beside the provider’s untouched answer.',
  schema: z.looseObject({
    ...mediaFields,
    provider: z.string().min(1),
    /** True when a simulator invented the words. Shown wherever the transcript is. */
    simulated: z.boolean(),
    providerRequestId: z.string().optional(),
    audioSha256: sha256,
    /** Identifies the options; with the audio's hash, what was paid for. */
    optionsFingerprint: z.string().min(1),
    language: z.string().optional(),
    turns: z.number().int().nonnegative(),
    words: z.number().int().nonnegative(),
    billedSeconds: z.number().nonnegative(),
    transcript: storedObject,
    derived: z.array(storedObject),
    completedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `transcript:${data.recordingSid}:${data.optionsFingerprint}:completed`,
});
