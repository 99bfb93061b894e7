import { z } from '@hono/zod-openapi';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import type { Matter } from '../../domain/matter.ts';
import { accountSid, callSid, moment, namedMoment, recordingSid } from '../schemas.ts';

const id = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `the id of a ${what} is ${prefix}_ and 32 hexadecimal digits`)
    .openapi({ example: `${prefix}_${'0123456789abcdef'.repeat(2)}` });
export const matterId = id('mat', 'matter');
export const holdId = id('hld', 'hold');

const words = (what: string, max: number) =>
  z.string().trim().min(1, `say ${what}`).max(max, `at most ${max} characters`);

export const matterRequest = z.strictObject({
  accountSid: accountSid.optional(),
  name: words('what the matter is, such as Smith v. Jones', 200),
});

const number = z
  .string()
  .transform((text, context) => {
    const read = readPhoneNumber(text);
    if (read !== undefined) return read.e164;
    context.addIssue({ code: 'custom', message: 'give a telephone number with its country, such as +14155550100' });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '+14155550100' });

const selector = z
  .strictObject({
    recordingSid: recordingSid.optional(),
    callSid: callSid.optional(),
    number: number.optional(),
    wholeAccount: z
      .literal(true, 'give true, or leave it out')
      .optional()
      .openapi({ description: 'Everything of the account.' }),
    from: namedMoment.optional().openapi({ description: 'Recordings of which any part is at this moment or later.' }),
    until: namedMoment.optional().openapi({ description: 'Recordings that begin before this moment.' }),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'say what is held: a recordingSid, a callSid, a number, a period (from, until), or wholeAccount',
  })
  .refine(({ from, until }) => from === undefined || until === undefined || Date.parse(from) < Date.parse(until), {
    path: ['from'],
    error: 'give a moment before until',
  });

export const holdRequest = z.strictObject({
  accountSid: accountSid.optional(),
  matterId,
  selector,
  reason: words('why', 2_000).optional(),
});

export const releaseRequest = z.strictObject({ reason: words('why it is released', 2_000) });

export const matterSchema = z
  .object({ accountSid: z.string(), matterId, name: z.string(), openedBy: z.string(), openedAt: moment })
  .openapi('Matter');

const act = z.object({ by: z.string(), at: moment, reason: z.string().optional() });

export const holdSchema = z
  .object({
    accountSid: z.string(),
    holdId,
    matterId,
    selector: z.object({
      recordingSid: z.string().optional(),
      callSid: z.string().optional(),
      number: z.string().optional(),
      party: z.string().optional().openapi({ description: 'The pseudonym of the number.' }),
      wholeAccount: z.boolean().optional(),
      from: moment.optional(),
      until: moment.optional(),
    }),
    reason: z.string().optional(),
    status: z.enum(['standing', 'release-requested', 'released']),
    placed: act,
    releaseRequested: act.optional(),
    released: act.optional(),
  })
  .openapi('Hold');

const counted = z.number().int();

export const coveredSchema = z
  .object({
    recordingSid,
    coveredAt: moment,
    state: z.string(),
    lock: z
      .object({
        enforcement: z.enum(['ledger', 'object-lock']),
        confirmedAt: moment.optional(),
        versions: counted.optional(),
        failure: z.string().optional(),
      })
      .optional()
      .openapi({ description: 'The legal hold on each version in the store; absent while it is to be set.' }),
    found: z
      .object({
        status: z.enum(['settled', 'unsettled']).openapi({
          description: 'unsettled: something was on its way to be deleted, and whether it went is not known yet.',
        }),
        gone: z.array(z.object({ key: z.string(), versionId: z.string().optional() })),
        kept: counted.optional(),
        twilio: z.enum(['gone', 'kept', 'unknown']),
      })
      .optional()
      .openapi({ description: 'Where its deletion had begun when the hold came: what was gone, and what was saved.' }),
  })
  .openapi('HeldRecording');

export const heldSchema = holdSchema
  .extend({
    enforcement: z.enum(['ledger', 'object-lock']),
    enforcementReason: z.string().optional().openapi({ description: 'Why the ledger refuses alone.' }),
    coverage: z.object({
      isComplete: z.boolean().openapi({ description: 'Everything that is known was gone through; else that goes on.' }),
      recordings: counted,
      locks: z.object({ confirmed: counted, pending: counted, failing: counted }),
    }),
    begunBefore: z
      .object({
        recordings: counted,
        unsettled: counted,
        objectsGone: counted,
        twilioGone: counted,
        items: z.array(coveredSchema),
        calls: z
          .object({
            gone: counted,
            unsettled: counted,
            isComplete: z.boolean().openapi({ description: 'false: there may be more than these.' }),
            items: z.array(z.object({ callSid, status: z.enum(['gone', 'unsettled']), at: moment })),
          })
          .openapi({ description: 'Twilio’s records of legs, of whose deletion an erasure had asked Twilio.' }),
      })
      .openapi({ description: 'What had begun to be deleted when the hold came; of its recordings the first 100.' }),
  })
  .openapi('HoldInForce');

export const viewMatter = (accountSid: string, { openedAt, ...matter }: Matter) => ({
  accountSid,
  ...matter,
  openedAt: openedAt.toISOString(),
});
