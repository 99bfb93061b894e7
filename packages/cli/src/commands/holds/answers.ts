import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { onlyArgument } from '../../positionals.ts';

const act = z.looseObject({ by: z.string(), at: z.string(), reason: z.string().optional() });

/** Of a hold, what these commands show; an answer may say more. */
export const hold = z.looseObject({
  holdId: z.string(),
  matterId: z.string(),
  selector: z.looseObject({
    recordingSid: z.string().optional(),
    callSid: z.string().optional(),
    number: z.string().optional(),
    /** The pseudonym of the number, which is all that is left of it after the release. */
    party: z.string().optional(),
    wholeAccount: z.boolean().optional(),
    from: z.string().optional(),
    until: z.string().optional(),
  }),
  reason: z.string().optional(),
  status: z.string(),
  placed: act,
  releaseRequested: act.optional(),
  released: act.optional(),
});
export type Hold = z.output<typeof hold>;

const begunItem = z.looseObject({
  recordingSid: z.string(),
  found: z
    .looseObject({
      status: z.string(),
      gone: z.array(z.looseObject({ key: z.string() })),
      kept: z.number().optional(),
      twilio: z.string(),
    })
    .optional(),
});
export type BegunItem = z.output<typeof begunItem>;

export const holdInForce = hold.extend({
  enforcement: z.string(),
  enforcementReason: z.string().optional(),
  coverage: z.looseObject({
    isComplete: z.boolean(),
    recordings: z.number(),
    locks: z.looseObject({ confirmed: z.number(), pending: z.number(), failing: z.number() }),
  }),
  begunBefore: z.looseObject({
    recordings: z.number(),
    unsettled: z.number(),
    objectsGone: z.number(),
    twilioGone: z.number(),
    items: z.array(begunItem),
    calls: z.looseObject({ gone: z.number(), unsettled: z.number(), isComplete: z.boolean() }),
  }),
});
export type HoldInForce = z.output<typeof holdInForce>;

/** The one argument, which names a hold. @throws UsageError */
export function onlyHold(positionals: readonly string[], example: string): string {
  const id = onlyArgument(positionals, example);
  if (/^hld_[0-9a-f]{32}$/.test(id)) return id;
  throw new UsageError(`"${id}" is no hold: give hld_ and 32 hexadecimal digits, as \`onrecord holds\` shows it`);
}
