import { z } from 'zod';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { mediaFields, storedObject } from './media.ts';

/** The recording's bytes and their manifest are durable in the object store. */
export const recordingArchived = defineEvent({
  type: 'onrecord.recording.archived.v1',
  topic: TOPICS.media,
  summary: 'The recording is in the object store, bit for bit as Twilio served it, with its manifest.',
  schema: z.looseObject({
    ...mediaFields,
    /** The object store's own name: `file:///…` or `s3://bucket/prefix`. */
    store: z.string().min(1),
    /** The folder of all objects of this recording, ending in `/`. */
    prefix: z.string().min(1),
    media: storedObject,
    manifest: storedObject,
    channels: z.number().int().positive(),
    durationSeconds: z.number().nonnegative(),
    archivedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:archived`,
});
