import { z } from '@hono/zod-openapi';
import {
  callSid,
  conferenceSid,
  consentSchema,
  decisionSchema,
  deletionSchema,
  moment,
  recordingSummarySchema,
  transcriptSchema,
} from '../schemas.ts';

const objectSchema = z
  .object({
    kind: z.string(),
    key: z.string(),
    bytes: z.number().int(),
    sha256: z.string(),
    versionId: z.string().optional(),
    contentType: z.string().optional(),
    deletedAt: moment.optional().openapi({ description: 'When it was confirmed gone; what is known of it is kept.' }),
  })
  .openapi('StoredObject');

const failureSchema = z
  .object({ step: z.string(), stage: z.string(), reason: z.string(), attempts: z.number().int(), failedAt: moment })
  .openapi('Failure');

export const recordingDetailSchema = recordingSummarySchema
  .extend({
    twilio: z.object({
      status: z.string(),
      errorCode: z.number().int().optional(),
      source: z.string().optional(),
      track: z.string().optional(),
    }),
    decision: decisionSchema.optional(),
    purposes: z.array(z.string()).openapi({
      description:
        'In plain words, of record, transcribe, analyse and share: whether it is cleared, and what is missing.',
    }),
    whyNotShared: z
      .string()
      .optional()
      .openapi({ description: 'Why no address of the audio is given out that needs no token.' }),
    consents: z.array(consentSchema),
    participants: z.array(callSid),
    archive: z
      .object({
        store: z.string(),
        prefix: z.string(),
        archivedAt: moment,
        /** Where the audio is not as it should be. */
        warnings: z.array(z.object({ kind: z.string(), text: z.string() })),
      })
      .optional(),
    objects: z.array(objectSchema),
    transcript: transcriptSchema.optional(),
    whyNoTranscript: z.string().optional().openapi({ description: 'Where there is none: why, as far as is known.' }),
    failures: z.array(failureSchema),
    deletion: deletionSchema.optional(),
    whyTwilioCopy: z
      .string()
      .optional()
      .openapi({ description: 'Why Twilio’s copy stays longer than the policy says: the archive is not as reported.' }),
    restriction: z
      .string()
      .optional()
      .openapi({ description: 'Why audio and transcript are not read in ordinary use: an erasure covers them.' }),
    savedByHold: z
      .object({
        kept: z.number().int().openapi({ description: 'How many objects were there.' }),
        gone: z.array(z.object({ key: z.string(), versionId: z.string().optional() })),
        twilio: z.enum(['gone', 'kept', 'unknown']),
      })
      .optional()
      .openapi({
        description: 'What a hold found when it stopped the deletion: what was kept is read with a purpose.',
      }),
    timeline: z.array(z.object({ at: moment, what: z.string(), detail: z.string().optional() })),
  })
  .openapi('Recording');

/** A leg of a call, as Twilio told of it last. */
const leg = {
  callSid,
  parentCallSid: callSid.optional(),
  conferenceSid: conferenceSid.optional(),
  direction: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  status: z.string(),
  statusAt: moment,
  durationSeconds: z.number().optional(),
  sipResponseCode: z.number().int().optional(),
};

export const callSummarySchema = z
  .object({
    accountSid: z.string(),
    ...leg,
    recordings: z.number().int().openapi({ description: 'How many recordings this leg has of its own.' }),
  })
  .openapi('CallSummary');

export const callSchema = z
  .object({
    accountSid: z.string(),
    callSid,
    metadataRemovedAt: moment.optional().openapi({ description: 'What was known of the call was removed then.' }),
    legs: z.array(
      z.object({
        ...leg,
        statuses: z.array(z.object({ status: z.string(), at: moment })),
      }),
    ),
    participants: z
      .array(z.object({ conferenceSid, callSid, label: z.string().optional(), joinedAt: moment }))
      .openapi({ description: 'Who joined the conferences that a leg of the call joined.' }),
    consents: z.array(consentSchema),
    recordings: z.array(recordingSummarySchema),
    timeline: z.array(z.object({ at: moment, what: z.string(), detail: z.string().optional() })),
  })
  .openapi('Call');
