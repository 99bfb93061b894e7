import { instant } from '@onrecord/shared/events';
import { z } from 'zod';

export const FILED_DECISION_SCHEMA = 'onrecord.decision.v1';

/**
 * `decision.json`: the latest decision that took a clearance back, in the recording's own folder. Earlier clearances that still wait
 * to be tried again, at whichever member of the group, find it there.
 */
export const filedDecision = z.looseObject({
  schema: z.literal(FILED_DECISION_SCHEMA),
  /** Counts this recording's decisions; clearances with a lower number hold no more. */
  decision: z.number().int().positive(),
  outcome: z.enum(['cleared', 'withheld', 'refused']),
  decidedAt: instant,
});
export type FiledDecision = z.output<typeof filedDecision>;
