import { z } from 'zod';
import { accountSid, callSid, conferenceSid, instant, recordingSid } from './envelope.ts';

/** What every decision on a recording carries; the transcriber has no database, so it is all that it needs. */
export const decisionFields = {
  accountSid,
  recordingSid,
  callSid: callSid.optional(),
  conferenceSid: conferenceSid.optional(),
  /** Counts this recording's decisions from 1; a later decision replaces an earlier one. */
  decision: z.number().int().positive(),
  /** `rule`: of the policy's rules, the one that fits the recording; absent where its defaults hold. */
  policy: z.looseObject({
    name: z.string().min(1),
    version: z.number().int().positive(),
    rule: z.string().min(1).optional(),
  }),
  /** The rule that applied, and why, in plain words. */
  rule: z.string().min(1),
  reason: z.string().min(1),
  decidedAt: instant,
  /**
   * Whether this one takes back a clearance, that of the decision before it. That one may still wait to be carried out somewhere: before this event is
   * published, `withdrawalKey` names an object that says that it holds no more.
   */
  supersedesClearance: z.boolean(),
  /** Which one that was, where it is not the decision right before this one but an earlier one that others continued. */
  supersededClearance: z.number().int().positive().optional(),
};
