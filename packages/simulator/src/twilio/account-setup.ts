import { z } from 'zod';
import { recordingEncryption } from './recording-encryption.ts';

const number = z.string().regex(/^\+\d{5,15}$/);
const method = z.enum(['GET', 'POST']);
const absent = z.string().default('');

/** A number of the account. Addresses are empty where none is set, as at Twilio. */
const ownedNumber = z.strictObject({
  phoneNumber: number,
  voiceUrl: absent,
  voiceMethod: method.default('POST'),
  voiceFallbackUrl: absent,
  statusCallback: absent,
  statusCallbackMethod: method.default('POST'),
  voiceApplicationSid: absent,
  /** Of a trunk below: Twilio ignores the voice URL then. */
  trunkSid: absent,
  /** False for a number that takes text messages alone. */
  hasVoice: z.boolean().default(true),
  hasSms: z.boolean().default(true),
});

const RECORDING_MODES = [
  'do-not-record',
  'record-from-ringing',
  'record-from-answer',
  'record-from-ringing-dual',
  'record-from-answer-dual',
] as const;

/** What Lookup says of a number; of one that is not listed, that it is a valid mobile number. */
const lookedUp = z.strictObject({
  valid: z.boolean().default(true),
  validationErrors: z.array(z.string()).default([]),
  lineType: z.string().default('mobile'),
  carrierName: z.string().nullable().default(null),
  lineStatus: z.string().default('active'),
});

/** How an account is set up at Twilio, mistakes included. */
export const accountSetup = z.strictObject({
  status: z.enum(['active', 'suspended', 'closed']).default('active'),
  /** The Date header is so far from this machine's clock. */
  clockAheadSeconds: z.number().int().min(-864_000).max(864_000).default(0),
  phoneNumbers: z.array(ownedNumber).max(10_000).default([]),
  /** Verified numbers of others. */
  callerIds: z.array(number).max(10_000).default([]),
  /** SIP trunks by SID, and how they record. */
  trunks: z.record(z.string().regex(/^TK[0-9a-f]{32}$/), z.enum(RECORDING_MODES)).default({}),
  lookups: z.record(z.string(), lookedUp).default({}),
  /** From now on recordings are kept encrypted. */
  recordingEncryption: recordingEncryption.optional(),
});
export type AccountSetup = z.input<typeof accountSetup>;

/** Replaced as a whole, so that a test says all that is the case. */
export function createAccountSetup() {
  let current = accountSetup.parse({});
  return {
    get: () => current,
    /** @throws z.ZodError */
    set: (setup: AccountSetup): void => {
      current = accountSetup.parse(setup);
    },
  };
}
export type AccountSetupStore = ReturnType<typeof createAccountSetup>;
