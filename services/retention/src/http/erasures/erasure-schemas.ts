import { z } from '@hono/zod-openapi';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { ERASURE_STATES, type Residue } from '../../domain/erasure.ts';
import { ERASURE_RESULTS } from '../../domain/resolve-erasure.ts';
import type { ErasureItem } from '../../ledger/erasures/items.ts';
import { iso } from '../../ledger/read/recording-list.ts';
import { accountSid, callSid, moment, recordingSid } from '../schemas.ts';

const A_NUMBER = 'give a telephone number with its country, such as +1 415 555 0100';

/** A person's number, in whatever spelling says its country; read as E.164. */
export const phoneNumber = z
  .string(A_NUMBER)
  .transform((text, context) => {
    const number = readPhoneNumber(text);
    if (number !== undefined) return number.e164;
    // Not repeated: it may be a number all the same.
    context.addIssue({ code: 'custom', message: A_NUMBER });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '+1 415 555 0100' });

export const erasureRequestSchema = z
  .strictObject({
    accountSid: accountSid
      .optional()
      .openapi({ description: 'Where it is absent, the one that knows the call; else the own one.' }),
    number: phoneNumber.optional().openapi({ description: 'Of the person whose data is to go.' }),
    callSid: callSid.optional().openapi({ description: 'Of a call whose data is to go, whoever was on it.' }),
  })
  .refine((body) => (body.number === undefined) !== (body.callSid === undefined), {
    error: 'name either a number or a callSid',
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export const erasureId = z
  .uuid('an erasure’s id is a UUID')
  .openapi({ example: '123e4567-e89b-12d3-a456-426614174000' });

export const erasureSchema = z
  .object({
    erasureId,
    accountSid,
    party: z.string().optional().openapi({ description: 'The pseudonym that takes the number’s place.' }),
    callSid: callSid.optional(),
    state: z.enum(ERASURE_STATES),
    requestedAt: moment,
    requestedBy: z.object({ kind: z.string(), id: z.string(), role: z.string().optional() }),
    coversUntil: moment.openapi({ description: 'What began later is not covered.' }),
    legs: z.number().int().openapi({ description: 'Of calls that are covered, as far as they were worked on.' }),
    legsKept: z.number().int().openapi({
      description: 'Of these, whose number stays in the ledger until a hold or a statutory minimum ends.',
    }),
    legsKeptUntil: moment.optional().openapi({
      description: 'When the first statutory minimum ends that keeps some of them; they are gone through again then.',
    }),
    legsKeptFor: z.string().optional().openapi({ description: 'The source of that minimum.' }),
    completedAt: moment.optional(),
  })
  .openapi('Erasure');

const residueSchema = z.object({
  residue: z.string(),
  what: z.string(),
  why: z.string(),
  until: moment.optional(),
  checkedAt: moment.optional(),
  finding: z.string().optional(),
  goneAt: moment.optional(),
});

export const erasureDetailSchema = erasureSchema
  .extend({
    results: z.partialRecord(z.enum(ERASURE_RESULTS), z.number().int()),
    callsAtTwilio: z.object({ deleted: z.number().int(), open: z.number().int(), left: z.number().int() }).openapi({
      description: 'Twilio’s records of the legs: gone, still to be attempted, and left, as the residues say.',
    }),
    items: z.array(
      z.object({
        recordingSid,
        result: z.enum(ERASURE_RESULTS),
        why: z.string(),
        until: moment.optional(),
        resolvedAt: moment,
      }),
    ),
    next: z.string().optional().openapi({ description: 'There while there are more items.' }),
    residues: z.array(residueSchema).openapi({ description: 'What is left elsewhere, why, and until when.' }),
  })
  .openapi('ErasureDetail');

export const viewItem = ({ resolvedAt, until, ...item }: ErasureItem) => ({
  ...item,
  until: iso(until),
  resolvedAt: resolvedAt.toISOString(),
});

export const viewResidue = (residue: Residue) => ({
  ...residue,
  until: iso(residue.until),
  checkedAt: iso(residue.checkedAt),
  goneAt: iso(residue.goneAt),
});
