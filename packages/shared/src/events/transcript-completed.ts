import { z } from 'zod';
import { defineEvent, instant, sha256, TOPICS } from './envelope.ts';
import { mediaFields, storedObject } from './media.ts';

/** What the provider charges by its published price; where no price is known, why, and never nothing. The invoice is the provider's. */
export const transcriptCost = z.discriminatedUnion('isKnown', [
  z.looseObject({
    isKnown: z.literal(true),
    amount: z.number().nonnegative(),
    /** ISO 4217. */
    currency: z.string().length(3),
    /** Of one billed minute, with what else was asked for. */
    perMinute: z.number().nonnegative(),
    /** The first day on which this price is known to hold. */
    inForceFrom: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    source: z.string().min(1),
  }),
  z.looseObject({ isKnown: z.literal(false), reason: z.string().min(1) }),
]);
export type TranscriptCost = z.output<typeof transcriptCost>;

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
    /** The provider that comes first, and why it was not this. Absent: this is the first. */
    insteadOf: z.looseObject({ provider: z.string().min(1), reason: z.string().min(1) }).optional(),
    audioSha256: sha256,
    /** Identifies the options; with the audio's hash, what was paid for. */
    optionsFingerprint: z.string().min(1),
    language: z.string().optional(),
    turns: z.number().int().nonnegative(),
    words: z.number().int().nonnegative(),
    billedSeconds: z.number().nonnegative(),
    cost: transcriptCost.optional(),
    /** Billed perhaps, besides: by requests for this transcript whose answer was lost, such as when a process was killed. */
    uncertainSeconds: z.number().nonnegative().optional(),
    transcript: storedObject,
    derived: z.array(storedObject),
    completedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `transcript:${data.recordingSid}:${data.optionsFingerprint}:completed`,
});
