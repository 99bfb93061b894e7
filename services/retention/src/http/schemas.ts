import { z } from '@hono/zod-openapi';
import { canonicalSid } from '@onrecord/shared/events';
import { CONSENT_MODES } from '@onrecord/shared/policy/policy-schema';
import { REQUIREMENTS } from '../domain/jurisdictions/rule-book.ts';
import { RECORDING_STATES } from '../domain/state.ts';

/** Taken in any letters and brought to Twilio's, because what is recorded under another spelling would never be found again. */
const sid = (prefix: string, what: string) =>
  z
    .string()
    .overwrite(canonicalSid)
    .regex(
      new RegExp(`^${prefix}[0-9a-f]{32}$`),
      `${what.startsWith('A') ? 'an' : 'a'} ${what} is ${prefix} and 32 hexadecimal digits`,
    )
    .openapi({ example: `${prefix}${'0123456789abcdef'.repeat(2)}` });

export const accountSid = sid('AC', 'AccountSid');
export const recordingSid = sid('RE', 'RecordingSid');
export const callSid = sid('CA', 'CallSid');
export const conferenceSid = sid('CF', 'ConferenceSid');
const A_MOMENT = 'give a time with Z or its offset, such as 2026-03-01T10:00:00Z';
export const moment = z.iso
  .datetime({ offset: true, error: A_MOMENT })
  .openapi({ example: '2026-03-01T10:00:00.000Z' });

/** Within these a year has four digits in every zone, and no clock is earlier. */
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(1970, 0), Date.UTC(9999, 11, 31)];

/** A moment that somebody names. */
export const namedMoment = moment.refine((text) => Date.parse(text) >= EARLIEST_MS && Date.parse(text) < LATEST_MS, {
  error: 'give a year from 1970 to 9999',
});
export const purpose = z.enum(['record', 'transcribe', 'analyse', 'share']);

export const proof = z
  .strictObject({
    offsetSeconds: z
      .number()
      .nonnegative()
      .max(1e6)
      .optional()
      .openapi({ description: 'In the recording, from its start.' }),
    reference: z.string().min(1).max(200).optional().openapi({ description: 'Of your own: a form, a letter, a case.' }),
  })
  .openapi({ description: 'Where the answer can be heard or read.' });

export const consentSchema = z
  .object({
    consentId: z.string(),
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    party: z.string(),
    outcome: z.enum(['granted', 'refused', 'withdrawn']),
    purposes: z.array(purpose),
    method: z.string(),
    promptVersion: z.string().optional(),
    language: z.string().optional(),
    proof: proof.optional(),
    recordedAt: moment,
    expiresAt: moment.optional(),
    byNumber: z
      .boolean()
      .optional()
      .openapi({ description: 'True where the holder of the number gave it for calls to come.' }),
  })
  .openapi('Consent');

const basisSchema = z.object({
  mode: z.enum(CONSENT_MODES),
  requirement: z.enum(REQUIREMENTS).optional(),
  jurisdiction: z
    .string()
    .optional()
    .openapi({ description: 'The place that asks for the most; absent where that of a party is unknown.' }),
  citation: z.string().optional(),
  rulesVersion: z.string().optional(),
});

export const decisionSchema = z
  .object({
    number: z.number().int().openapi({ description: 'Counts the decisions on this recording from 1.' }),
    outcome: z.enum(['waiting', 'withheld', 'cleared', 'refused']),
    purposes: z.array(z.enum(['store', 'transcribe'])).openapi({ description: 'What Onrecord does with it.' }),
    consented: z
      .array(z.object({ purpose, until: moment.optional() }))
      .openapi({ description: 'What anybody may do with it: what is agreed to by the same rules, and until when.' }),
    continues: z.number().int().optional().openapi({
      description:
        'The clearance that it leaves to be carried out as it is: what else was agreed to has changed alone.',
    }),
    rule: z.string().openapi({ description: 'The rule of the policy that applied.' }),
    reason: z.string().openapi({ description: 'Why, in plain words.' }),
    releasedBy: z.array(z.string()).openapi({ description: 'What would release the recording, one sentence each.' }),
    policy: z.object({ name: z.string(), version: z.number().int() }),
    basis: basisSchema.optional().openapi({ description: 'What was asked for, and by whose law.' }),
    decidedAt: moment,
    reviewAt: moment.optional().openapi({ description: 'When the grace period for unknown consent ends.' }),
    deleteAfter: moment.optional().openapi({ description: 'Until when a refusal can be undone.' }),
  })
  .openapi('Decision');

const place = { confirmedAt: moment.optional(), failure: z.string().optional() };

export const deletionSchema = z
  .object({
    status: z.enum(['planned', 'suspended', 'running', 'partial', 'failing', 'done']),
    cause: z.string().openapi({ description: 'refusal, withdrawal, schedule, operator or erasure' }),
    deleteAfter: moment.optional(),
    number: z.number().int().optional(),
    startedAt: moment.optional(),
    attempts: z.number().int().optional(),
    nextAttemptAt: moment.optional(),
    completedAt: moment.optional(),
    objects: z.object({ deleted: z.number().int(), ...place }).optional(),
    twilio: z.object({ outcome: z.string().optional(), ...place }).optional(),
  })
  .openapi('Deletion');

export const transcriptSchema = z
  .object({
    provider: z.string(),
    simulated: z.boolean().openapi({ description: 'True when a simulator invented the words.' }),
    language: z.string().optional(),
    turns: z.number().int(),
    words: z.number().int(),
    billedSeconds: z.number(),
    cost: z
      .object({
        isKnown: z.boolean(),
        amount: z.number().optional(),
        currency: z.string().optional(),
        perMinute: z.number().optional(),
        inForceFrom: z
          .string()
          .optional()
          .openapi({ description: 'The first day on which this price is known to hold.' }),
        source: z.string().optional(),
        reason: z.string().optional().openapi({ description: 'Why no price is known.' }),
      })
      .optional()
      .openapi({ description: 'By the provider’s list price of that day; the invoice is the provider’s.' }),
    uncertainSeconds: z
      .number()
      .optional()
      .openapi({ description: 'May be charged besides: requests whose answer was lost, such as at a crash.' }),
    audioSha256: z.string(),
    key: z.string(),
    completedAt: moment,
  })
  .openapi('TranscriptSummary');

export const recordingSummarySchema = z
  .object({
    accountSid: z.string(),
    recordingSid,
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    state: z.enum(RECORDING_STATES),
    reason: z.string().optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    channels: z.number().int().optional(),
    durationSeconds: z.number().optional(),
    startedAt: moment.optional(),
    firstSeenAt: moment,
    deleteAfter: moment.optional(),
    metadataRemovedAt: moment
      .optional()
      .openapi({ description: 'What was known of it was removed then: its SIDs are all that is left.' }),
    transcriptSimulated: z.boolean().optional(),
    holds: z
      .array(z.object({ holdId: z.string(), matterId: z.string(), matter: z.string() }))
      .optional()
      .openapi({ description: 'The holds that cover it: nothing of it is deleted.' }),
  })
  .openapi('RecordingSummary');

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    dueNow: z.number().int().optional().openapi({
      description: 'Of how many recordings, or calls without any, something would be deleted at once: to be confirmed.',
    }),
  })
  .openapi('Problem');
