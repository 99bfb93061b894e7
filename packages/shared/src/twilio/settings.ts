import { z } from 'zod';
import { url } from '../config/settings.ts';
import { canonicalSid } from '../events/envelope.ts';
import type { TwilioAccount } from './accounts.ts';

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

/** For what serves several accounts. */
export const accountsFileSettings = {
  ACCOUNTS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file with further accounts or subaccounts, each with its own token; read again when it changes'),
};

interface OwnAccountSettings extends ApiKeySettings {
  TWILIO_ACCOUNT_SID: string;
  TWILIO_AUTH_TOKEN: string;
  TWILIO_AUTH_TOKEN_NEXT?: string | undefined;
  TWILIO_API_URL: string;
}

/** The account that the environment names. */
export function ownAccount(settings: OwnAccountSettings): TwilioAccount {
  const { TWILIO_AUTH_TOKEN: current, TWILIO_AUTH_TOKEN_NEXT: next } = settings;
  return {
    accountSid: settings.TWILIO_ACCOUNT_SID,
    authTokens: next === undefined ? [current] : [current, next],
    apiKey: apiKeyOf(settings),
    apiUrl: settings.TWILIO_API_URL,
  };
}

type ApiKeySettings = Partial<Record<'TWILIO_API_KEY_SID' | 'TWILIO_API_KEY_SECRET', string | undefined>>;

/**
 * For the `check` of a schema with `twilioApiSettings`: refuses half of an API key, since whoever gives one means to use it. Judged
 * together whatever else is wrong, so that one message names everything.
 */
export const wholeApiKey = (['TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET'] as const).map((name, index, both) => {
  const other = both[1 - index] ?? name;
  return z.refine<ApiKeySettings>((all) => all[name] !== undefined || all[other] === undefined, {
    path: [name],
    error: 'set both parts of the API key, or neither to use TWILIO_AUTH_TOKEN',
    when: () => true,
  });
});

/** `undefined` where the account's auth token is to be used. */
export function apiKeyOf(settings: ApiKeySettings): { sid: string; secret: string } | undefined {
  const { TWILIO_API_KEY_SID: sid, TWILIO_API_KEY_SECRET: secret } = settings;
  return sid !== undefined && secret !== undefined ? { sid, secret } : undefined;
}
