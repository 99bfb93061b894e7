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
    /** The peaks for players; absent where the audio could not be measured. */
    waveform: storedObject.optional(),
    /** Where the audio is not as it should be: shorter than reported, one sound on both channels, … Kinds may be added. */
    warnings: z.array(z.looseObject({ kind: z.string().min(1), text: z.string() })).optional(),
    channels: z.number().int().positive(),
    durationSeconds: z.number().nonnegative(),
    archivedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:archived`,
});
