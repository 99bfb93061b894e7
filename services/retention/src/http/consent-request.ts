import { z } from '@hono/zod-openapi';
import { accountSid, callSid, conferenceSid, namedMoment } from './schemas.ts';

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

/** An answer as it is sent to the records API. */
export const consentRequest = z
  .strictObject({
    accountSid: accountSid
      .optional()
      .openapi({ description: 'Where it is absent, the one that knows the call or conference; else the own one.' }),
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    party,
    outcome: z.enum(['granted', 'refused']),
    purposes: z
      .array(z.enum(['record', 'transcribe']))
      .min(1)
      .max(2)
      .default(['record', 'transcribe']),
    method: name.default('operator'),
    promptVersion: name.optional(),
    language: name.optional(),
    recordedAt: namedMoment.optional().openapi({ description: 'When the party answered; now, where it is absent.' }),
  })
  .refine((body) => (body.callSid === undefined) !== (body.conferenceSid === undefined), {
    error: 'name either a callSid or a conferenceSid',
    // Judged whatever else is wrong, so that one answer names everything.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type ConsentRequest = z.output<typeof consentRequest>;
