import { z } from 'zod';
import { accountSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** What a legal hold selects: whatever fits every field that is set. */
const holdSelector = z
  .looseObject({
    recordingSid: z.string().optional(),
    callSid: z.string().optional(),
    /** A keyed pseudonym, never the number itself. */
    party: z.string().optional(),
    /** Everything of the account. */
    wholeAccount: z.literal(true).optional(),
    from: instant.optional(),
    until: instant.optional(),
  })
  .refine((selector) => Object.keys(selector).length > 0, { error: 'a hold selects by at least one field' })
  // The same rule for the JSON Schema, which cannot be read off a function.
  .meta({ minProperties: 1 });

/** A legal hold forbids deletion of everything that it selects, whatever else asks for it. */
export const holdPlaced = defineEvent({
  type: 'onrecord.hold.placed.v1',
  topic: TOPICS.compliance,
  summary: 'A legal hold forbids deletion of what it selects.',
  schema: z.looseObject({
    accountSid,
    holdId: z.string().min(1),
    matter: z.string().min(1),
    selector: holdSelector,
    placedBy: z.string().min(1),
    placedAt: instant,
  }),
  key: (data) => data.holdId,
  id: (data) => `hold:${data.holdId}:placed`,
});
