import { z } from 'zod';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { mediaFields } from './media.ts';

/** Classes of a recording's data were deleted, and the recording goes on. */
export const recordingDataDeleted = defineEvent({
  type: 'onrecord.recording.data-deleted.v1',
  topic: TOPICS.compliance,
  summary: 'Part of what is kept of a recording, such as its transcript or the copy at Twilio, is confirmed gone.',
  schema: z.looseObject({
    ...mediaFields,
    deletionId: z.string().min(1),
    classes: z.array(z.enum(['audio', 'transcript', 'provider-response', 'twilio-copy'])).min(1),
    cause: z.enum(['refusal', 'schedule', 'erasure', 'withdrawal', 'operator']),
    /** Object versions that were deleted; the listing afterwards showed none of these classes. */
    objects: z.array(z.looseObject({ key: z.string(), versionId: z.string().optional() })),
    /** Where Twilio's copy is one of the classes. */
    source: z
      .looseObject({
        /** `deleted` by us, `already-gone` when Twilio had no media any more. */
        outcome: z.enum(['deleted', 'already-gone']),
        confirmedAt: instant,
        /** Twilio shows the metadata of a deleted recording for 40 days. */
        metadataUntil: instant.optional(),
      })
      .optional(),
    deletedAt: instant,
  }),
  key: (data) => data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:data-deleted:${data.deletionId}`,
});
