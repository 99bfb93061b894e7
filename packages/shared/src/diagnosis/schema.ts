import { z } from 'zod';
import { RETRY_HELPS } from '../events/diagnosis.ts';

const text = z.string().trim().min(1);
/** An id of the table of sources. */
const source = text;

const advice = {
  /** What most likely happened, in plain words. */
  cause: text,
  retry: z.strictObject({ helps: z.enum(RETRY_HELPS).exclude(['unknown']), when: text }),
  fix: text,
};

const entry = z.strictObject({
  key: z.string().regex(/^(twilio:\d{5}|sip:[3-6]\d\d|(trunk|call|dial):[a-z-]+)$/),
  name: text,
  /** `here`: Twilio’s own wording could not be had. */
  named: z.enum(['officially', 'here']),
  /** Of Twilio’s codes alone. */
  level: z.enum(['error', 'warning']).optional(),
  about: text,
  /** What it does to a call: an alert that ends none does not explain why one ended. */
  bearing: z.enum(['ends-call', 'may-end-call', 'no-effect']),
  ...advice,
  /** Where the call’s status tells more than the response alone. */
  byStatus: z.record(text, z.strictObject(advice)).optional(),
  /** Of a trunk’s message: all that is named must be there. */
  match: z
    .strictObject({ sipResponseCodes: z.array(z.number().int()).optional(), phrases: z.array(text).optional() })
    .optional(),
  /** The Twilio codes that the same thing has. */
  codes: z.array(text).optional(),
  /** What is widely said of it, and what Twilio documents. */
  disputed: z.strictObject({ claim: text, correction: text }).optional(),
  note: text.optional(),
  /** Where each fact is from. */
  sources: z.strictObject({
    name: source,
    level: source.optional(),
    cause: source,
    retry: source,
    fix: source,
    codes: source.optional(),
  }),
});
export type CatalogueEntry = z.output<typeof entry>;

export const catalogueSchema = z.strictObject({
  /** Counts the changes of what it says. */
  version: z.number().int().positive(),
  sources: z.record(text, z.strictObject({ title: text, url: z.url().optional() })),
  entries: z.array(entry),
});
