import { z } from 'zod';
import { accountSid, callSid, conferenceSid, recordingSid, sha256 } from './envelope.ts';

/** What every event about a recording's media carries. */
export const mediaFields = {
  accountSid,
  recordingSid,
  callSid: callSid.optional(),
  conferenceSid: conferenceSid.optional(),
};

/** Points at an object instead of carrying it (claim check). */
export const storedObject = z.looseObject({
  key: z.string().min(1),
  bytes: z.number().int().nonnegative(),
  sha256,
  versionId: z.string().optional(),
  contentType: z.string().optional(),
});
export type StoredObject = z.output<typeof storedObject>;

/** Why a step failed, without secrets or audio. */
export const failureFields = {
  stage: z.string().min(1),
  reason: z.string().min(1),
  attempts: z.number().int().positive(),
};
