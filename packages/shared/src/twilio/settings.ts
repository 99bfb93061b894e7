import { z } from 'zod';
import { url } from '../config/settings.ts';
import { canonicalSid } from '../events/envelope.ts';

const sid = (prefix: string) => new RegExp(`^${prefix}[0-9a-f]{32}$`, 'i');

/** The account whose recordings these are. */
const twilioAccountSettings = {
  TWILIO_ACCOUNT_SID: z
    .string()
    .overwrite(canonicalSid)
    .regex(sid('AC'), 'give AC and 32 hexadecimal digits')
    .describe('Twilio account'),
  TWILIO_AUTH_TOKEN: z
    .string()
    .min(1)
    .describe('Its auth token: checks signatures, and signs in where there is no API key'),
};

/** For what only checks signatures. */
export const twilioSignatureSettings = {
  ...twilioAccountSettings,
  TWILIO_AUTH_TOKEN_NEXT: z
    .string()
    .min(1)
    .optional()
    .describe('The secondary auth token, accepted as well while it is being promoted'),
};

/** For what calls Twilio's REST API or fetches media. */
export const twilioApiSettings = {
  ...twilioAccountSettings,
  TWILIO_API_KEY_SID: z
    .string()
    .regex(sid('SK'), 'give SK and 32 hexadecimal digits')
    .optional()
    .describe('API key, preferred over the auth token for REST calls'),
  TWILIO_API_KEY_SECRET: z.string().min(1).optional().describe('Its secret'),
  TWILIO_API_URL: url('https:', 'http:')
    .prefault('https://api.twilio.com')
    .describe('Twilio’s REST API; a region’s is https://api.{edge}.{region}.twilio.com'),
};
