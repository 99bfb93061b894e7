import { z } from 'zod';

const moment = z.iso.datetime({ offset: true });

/** What the commands read of the records API's answers; whatever else is in them is left alone. */
export const recordingSummary = z.looseObject({
  recordingSid: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  callSid: z.string().optional(),
  conferenceSid: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  channels: z.number().optional(),
  durationSeconds: z.number().optional(),
  startedAt: moment.optional(),
  firstSeenAt: moment,
  deleteAfter: moment.optional(),
  transcriptSimulated: z.boolean().optional(),
  holds: z.array(z.looseObject({ holdId: z.string(), matterId: z.string(), matter: z.string() })).optional(),
});
export type RecordingSummary = z.output<typeof recordingSummary>;

const decision = z.looseObject({
  number: z.number(),
  outcome: z.string(),
  rule: z.string(),
  reason: z.string(),
  releasedBy: z.array(z.string()),
  policy: z.looseObject({ name: z.string(), version: z.number() }),
  reviewAt: moment.optional(),
});

const place = z.looseObject({ confirmedAt: moment.optional(), failure: z.string().optional() });

const deletion = z.looseObject({
  status: z.string(),
  cause: z.string(),
  deleteAfter: moment.optional(),
  completedAt: moment.optional(),
  attempts: z.number().optional(),
  nextAttemptAt: moment.optional(),
  objects: place.optional(),
  twilio: place.optional(),
});

export const recordingDetail = recordingSummary.extend({
  decision: decision.optional(),
  purposes: z.array(z.string()).optional(),
  whyNotShared: z.string().optional(),
  whyTwilioCopy: z.string().optional(),
  restriction: z.string().optional(),
  archive: z.looseObject({ store: z.string(), warnings: z.array(z.looseObject({ text: z.string() })) }).optional(),
  objects: z.array(
    z.looseObject({ key: z.string(), bytes: z.number(), sha256: z.string(), deletedAt: moment.optional() }),
  ),
  transcript: z
    .looseObject({ provider: z.string(), simulated: z.boolean(), turns: z.number(), words: z.number() })
    .optional(),
  whyNoTranscript: z.string().optional(),
  failures: z.array(z.looseObject({ step: z.string(), stage: z.string(), reason: z.string() })),
  deletion: deletion.optional(),
  timeline: z.array(z.looseObject({ at: moment, what: z.string(), detail: z.string().optional() })),
});
export type RecordingDetail = z.output<typeof recordingDetail>;

export const explainedDecision = decision.extend({ explanation: z.array(z.string()) });
export const explainedDecisions = z.looseObject({ decisions: z.array(explainedDecision) });

export const recordedConsent = z.looseObject({
  consentId: z.string(),
  /** False while nothing was reported of the call or conference. */
  known: z.boolean(),
  recordings: z.array(
    z.looseObject({
      recordingSid: z.string(),
      state: z.string(),
      decision: decision.optional(),
      /** What of it goes or is gone, and whether a later agreement changes that. */
      outlook: z.string().optional(),
    }),
  ),
  later: z.number().optional(),
});
export type RecordedConsent = z.output<typeof recordedConsent>;

export const callDiagnosis = z.looseObject({
  explanation: z.array(z.string()),
  diagnosis: z.looseObject({ key: z.string(), page: z.string().optional() }).optional(),
});
