import { z } from 'zod';

/** Whether trying again can help: not at all, once what is wrong is mended, one more time, after a while; or it went well anyway. */
export const RETRY_HELPS = ['no', 'after-fix', 'once', 'later', 'not-needed', 'unknown'] as const;

/** Why a call, or something about it, went wrong, as the catalogue explains it. Travels with the fact that it explains. */
export const diagnosis = z.looseObject({
  /** Of the catalogue that was asked: a later one may say more. */
  catalogueVersion: z.number().int().positive(),
  /** What the explanation is of: `twilio:32011`, `sip:486`, `trunk:codec`, `call:failed`, `dial:busy`. */
  key: z.string().min(1),
  /** False where the catalogue does not know the code: nothing is guessed then. */
  isKnown: z.boolean(),
  name: z.string().min(1),
  level: z.string().optional(),
  cause: z.string().min(1),
  retry: z.looseObject({ helps: z.enum(RETRY_HELPS), when: z.string().min(1) }),
  fix: z.string().min(1),
  /** Twilio's own page about the code. */
  page: z.string().optional(),
  /** Everything that was looked at, by its key; what decided comes first. */
  evidence: z.array(z.string().min(1)),
});
export type Diagnosis = z.output<typeof diagnosis>;
