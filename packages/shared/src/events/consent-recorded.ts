import { z } from 'zod';
import { accountSid, callSid, conferenceSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** What a consent can cover. */
export const consentPurpose = z.enum(['record', 'transcribe', 'analyse', 'share']);
export type ConsentPurpose = z.output<typeof consentPurpose>;

/** One party's answer for one call leg or conference, or that of the holder of a number for the calls with it. */
export const consentRecorded = defineEvent({
  type: 'onrecord.consent.recorded.v1',
  topic: TOPICS.telephony,
  summary:
    'A party agreed to, refused or took back its agreement to being recorded or to what is done with the recording.',
  schema: z
    .looseObject({
      accountSid,
      callSid: callSid.optional(),
      conferenceSid: conferenceSid.optional(),
      /** In E.164, in place of both: whose calls from then on the answer is for; a withdrawal, for those before as well. */
      number: z
        .string()
        .regex(/^\+[1-9]\d{1,14}$/)
        .optional(),
      /** caller, called, participant, or a name of the recorder's own. */
      party: z.string().min(1),
      /** withdrawn takes back what the party agreed to before. */
      outcome: z.enum(['granted', 'refused', 'withdrawn']),
      purposes: z.array(consentPurpose).min(1),
      /** key-press, speech, notice, written, prior, other-basis, operator, …; granted by notice: was told, and went on. */
      method: z.string().min(1),
      /** Which wording the party heard. */
      promptVersion: z.string().optional(),
      language: z.string().optional(),
      recordedAt: instant,
      /** From then on an agreement counts no more. */
      expiresAt: instant.optional(),
      /** Where it can be heard, in seconds from the start of the recording, or read. */
      proof: z
        .looseObject({ offsetSeconds: z.number().nonnegative().optional(), reference: z.string().min(1).optional() })
        .optional(),
      /** What makes this answer one fact: the hearing of the prompt and the pressed key, or the request's own id where given elsewhere. */
      reference: z.string().min(1),
    })
    .refine((data) => [data.callSid, data.conferenceSid, data.number].some((place) => place !== undefined), {
      error: 'a consent names a callSid, a conferenceSid or a number',
    })
    // The same rule for the JSON Schema, which cannot be read off a function.
    .meta({ anyOf: [{ required: ['callSid'] }, { required: ['conferenceSid'] }, { required: ['number'] }] }),
  key: (data) => data.callSid ?? data.conferenceSid ?? data.accountSid,
  // An id goes where the number must not: into logs, and into what outlasts an erasure.
  id: (data) => `consent:${data.callSid ?? data.conferenceSid ?? data.accountSid}:${data.party}:${data.reference}`,
});
