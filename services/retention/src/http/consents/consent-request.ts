import { z } from '@hono/zod-openapi';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { accountSid, callSid, conferenceSid, namedMoment, proof, purpose } from '../schemas.ts';

/**
 * One spelling for one party, because its latest answer counts: "Caller" would be somebody else than "caller". A colon would make
 * two parties one in the id of the event, `consent:{SID}:{party}:{reference}`.
 */
const party = z
  .string('say whose answer it is, such as caller')
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'give 1 to 64 lower-case letters, digits or . _ -, such as caller or called')
  .openapi({
    description:
      'A name for the person on the leg that callSid names, whose answer it is whatever the name; under one name the latest counts.',
    example: 'caller',
  });

const name = z.string().regex(/^[\w .:-]{1,64}$/, 'give 1 to 64 letters, digits, spaces or . : _ -');

/** A number however it is spelt, as long as it says its country. In a query, an unescaped + is a space. */
export const phoneNumber = z
  .string()
  .max(100)
  .transform((text, context) => {
    const number = readPhoneNumber(text.startsWith(' ') ? `+${text.trim()}` : text);
    if (number !== undefined) return number.e164;
    context.addIssue({ code: 'custom', message: 'give a number with + and its country code, such as +14155552671' });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '+14155552671' });

const PLACES = ['callSid', 'conferenceSid', 'number'] as const;

/** An answer as it is sent to the records API. */
export const consentRequest = z
  .strictObject({
    accountSid: accountSid
      .optional()
      .openapi({ description: 'Where it is absent, the one that knows the call or conference; else the own one.' }),
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    number: phoneNumber.optional().openapi({
      description: 'Whose calls from recordedAt on the answer is for; a withdrawal, for those before as well.',
    }),
    party,
    outcome: z
      .enum(['granted', 'refused', 'withdrawn'])
      .openapi({ description: 'withdrawn takes back what the party agreed to before.' }),
    purposes: z.array(purpose).min(1).max(4).default(['record', 'transcribe']),
    method: name.default('operator').openapi({
      description: 'key-press, speech, notice, written, prior, other-basis, operator or a name of your own',
    }),
    promptVersion: name.optional(),
    language: name.optional(),
    proof: proof.optional(),
    recordedAt: namedMoment.optional().openapi({ description: 'When the party answered; now, where it is absent.' }),
    expiresAt: namedMoment.optional().openapi({ description: 'From then on an agreement counts no more.' }),
  })
  .refine((body) => PLACES.filter((place) => body[place] !== undefined).length === 1, {
    error: 'name either a callSid, a conferenceSid or a number',
    // Judged whatever else is wrong, so that one answer names everything.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .refine(({ expiresAt, outcome }) => expiresAt === undefined || outcome === 'granted', {
    path: ['expiresAt'],
    error: 'only an agreement ends; a refusal counts until the party agrees',
  });
export type ConsentRequest = z.output<typeof consentRequest>;
