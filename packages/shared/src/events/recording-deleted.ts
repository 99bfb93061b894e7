import { z } from 'zod';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { mediaFields } from './media.ts';

/** A deletion was confirmed in every place; partial deletions are retried and never reported as this. */
export const recordingDeleted = defineEvent({
  type: 'onrecord.recording.deleted.v1',
  topic: TOPICS.compliance,
  summary: 'Every copy of the recording that Onrecord knows of is confirmed gone.',
  schema: z.looseObject({
    ...mediaFields,
    deletionId: z.string().min(1),
    cause: z.enum(['refusal', 'schedule', 'erasure', 'withdrawal', 'operator']),
    /** Object versions that were deleted; the listing afterwards was empty. */
    objects: z.array(z.looseObject({ key: z.string(), versionId: z.string().optional() })),
    source: z.looseObject({
      /** `deleted` by us, `already-gone` when Twilio had no media any more. */
      outcome: z.enum(['deleted', 'already-gone']),
      confirmedAt: instant,
      /** Twilio shows the metadata of a deleted recording for 40 days. */
      metadataUntil: instant.optional(),
    }),
    deletedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:deleted:${data.deletionId}`,
});
