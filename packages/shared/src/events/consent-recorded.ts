import { z } from 'zod';
import { accountSid, callSid, conferenceSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** What a consent can cover. */
const consentPurpose = z.enum(['record', 'transcribe']);
export type ConsentPurpose = z.output<typeof consentPurpose>;

/** One party's answer for one call leg or conference. */
export const consentRecorded = defineEvent({
  type: 'onrecord.consent.recorded.v1',
  topic: TOPICS.telephony,
  summary: 'A party agreed to, or refused, being recorded or transcribed.',
  schema: z
    .looseObject({
      accountSid,
      callSid: callSid.optional(),
      conferenceSid: conferenceSid.optional(),
      /** caller, called, participant, or a name of the recorder's own. */
      party: z.string().min(1),
      outcome: z.enum(['granted', 'refused']),
      purposes: z.array(consentPurpose).min(1),
      /** key-press, speech, written, prior, operator, … */
      method: z.string().min(1),
      /** Which wording the party heard. */
      promptVersion: z.string().optional(),
      language: z.string().optional(),
      recordedAt: instant,
      /** What makes this answer one fact: the hearing of the prompt and the pressed key, or the request's own id where given elsewhere. */
      reference: z.string().min(1),
    })
    .refine((data) => data.callSid !== undefined || data.conferenceSid !== undefined, {
      error: 'a consent names a callSid or a conferenceSid',
    })
    // The same rule for the JSON Schema, which cannot be read off a function.
    .meta({ anyOf: [{ required: ['callSid'] }, { required: ['conferenceSid'] }] }),
  key: (data) => data.callSid ?? data.conferenceSid ?? '',
  id: (data) => `consent:${data.callSid ?? data.conferenceSid}:${data.party}:${data.reference}`,
});
