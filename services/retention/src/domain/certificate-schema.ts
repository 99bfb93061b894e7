import { z } from 'zod';
import { DELETION_CAUSES } from './deletion.ts';

const moment = z.iso.datetime().describe('RFC 3339, in UTC');

const object = z.strictObject({
  key: z.string().describe('Relative to the store'),
  versionId: z.string().optional().describe('Absent in a store without versions, and for what was half written'),
  sha256: z.string().optional().describe('Of this very version, lower-case hex, as it was reported when it was stored'),
  bytes: z.int().optional(),
});

const place = z.strictObject({
  place: z.enum(['object-store', 'twilio', 'search-text']),
  name: z.string(),
  outcome: z.enum(['deleted', 'nothing-there']),
  method: z.string(),
  confirmedBy: z.string().describe('How it was verified that nothing is left'),
  confirmedAt: moment.optional(),
});

const residue = z.strictObject({
  what: z.enum(['twilio-metadata', 'provider-copy', 'event-log', 'withdrawal-note', 'ledger-record', 'outside-copies']),
  where: z.string(),
  until: moment.optional().describe('When it ends at the latest; absent where Onrecord does not know'),
  recheckAt: moment.optional().describe('When Onrecord looks again; the answers stand with the deletion'),
  explanation: z.string(),
});

/**
 * The certificate of a completed deletion. Its fields are meant after the certificate of sanitization of NIST SP 800-88 Rev. 2
 * (section 4.6 and Appendix C, known from another project's comparison: the publication was not opened): what was sanitised and
 * where it came from, method, tool with version, how it was verified, who, when. What is sanitised here is logical, object versions
 * and a provider's resource, and nothing is claimed of the media beneath them. docs/deletion.md compares field by field.
 */
export const certificateSchema = z.strictObject({
  schema: z.literal('onrecord.deletion-certificate.v1'),
  deletionId: z.string().describe('The RecordingSid, a dot and the number of the deletion'),
  issuedAt: moment,
  accountSid: z.string(),
  subject: z.strictObject({
    recordingSid: z.string(),
    callSid: z.string().optional(),
    conferenceSid: z.string().optional(),
    startedAt: moment.optional(),
    durationSeconds: z.number().optional(),
    channels: z.int().optional(),
  }),
  data: z
    .array(z.enum(['everything', 'audio', 'transcript', 'provider-response', 'twilio-copy']))
    .describe('What was to go'),
  cause: z.strictObject({
    kind: z.enum(DELETION_CAUSES),
    explanation: z.string(),
    policy: z
      .strictObject({ name: z.string(), version: z.int(), rule: z.string().optional() })
      .optional()
      .describe('By whose period it went, where the cause is the schedule; absent in older certificates'),
    erasureId: z
      .string()
      .optional()
      .describe('The erasure that it carried out, where that is the cause; absent in older certificates'),
  }),
  requestedBy: z
    .strictObject({
      kind: z.enum(['service', 'token', 'person', 'answer']),
      id: z.string().describe('Of an answer, the CallSid or ConferenceSid that it was given in'),
      role: z.string().optional(),
      method: z.string().optional().describe('How an answer was given'),
    })
    .optional()
    .describe(
      'Whose request it followed: of a refusal or withdrawal who recorded it, or the answer itself; the service where it followed from a rule',
    ),
  decision: z
    .strictObject({
      number: z.int(),
      outcome: z.string(),
      rule: z.string(),
      policy: z.strictObject({ name: z.string(), version: z.int() }),
      decidedAt: moment,
    })
    .optional()
    .describe('The decision that stood'),
  startedAt: moment,
  completedAt: moment,
  attempts: z.int(),
  sanitization: z.strictObject({
    type: z.literal('logical-deletion'),
    notes: z.string(),
    tool: z.strictObject({ name: z.string(), version: z.string() }),
  }),
  objects: z.array(object),
  places: z.array(place),
  residues: z.array(residue),
});

export type DeletionCertificate = z.output<typeof certificateSchema>;
export type Residue = z.output<typeof residue>;

export const certificateJsonSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The certificate of a deletion',
  ...z.toJSONSchema(certificateSchema, { target: 'draft-2020-12' }),
});
