import { z } from 'zod';
import { duration, type Environment, readSettings } from '../config/settings.ts';
import type { AccountCredentials } from '../twilio/account-client.ts';
import { publicBaseUrls } from '../twilio/public-base-urls.ts';
import { apiKeyOf, twilioApiSettings, wholeApiKey } from '../twilio/settings.ts';
import type { Examined } from './examine.ts';

/** Of ingest's settings what the checks need. */
const settingsSchema = z.object({
  ...twilioApiSettings,
  PUBLIC_BASE_URL: publicBaseUrls().describe(
    'The address under which Twilio reaches ingest; several with commas between',
  ),
  VOICE_DIAL_TO: z.string().optional().describe('Whom the consent prompt connects to'),
  VOICE_FILE: z.string().optional().describe('Prompts and menus of the voice application'),
  RECONCILE_INTERVAL: duration().prefault('5m').describe('How often Twilio is asked for what no callback told of'),
});

/** @throws SettingsError naming every bad setting */
export const readTwilioAccount = (environment: Environment): AccountCredentials =>
  toAccount(readSettings(z.object(twilioApiSettings).check(...wholeApiKey), environment));

const toAccount = (settings: z.output<z.ZodObject<typeof twilioApiSettings>>): AccountCredentials => ({
  apiUrl: settings.TWILIO_API_URL,
  accountSid: settings.TWILIO_ACCOUNT_SID,
  authToken: settings.TWILIO_AUTH_TOKEN,
  apiKey: apiKeyOf(settings),
});

/** @throws SettingsError naming every bad setting */
export function readExamined(environment: Environment, callerIds: readonly string[]): Examined {
  const settings = readSettings(settingsSchema.check(...wholeApiKey), environment);
  return {
    accounts: [toAccount(settings)],
    baseUrls: settings.PUBLIC_BASE_URL,
    hasVoiceApplication: settings.VOICE_FILE !== undefined || settings.VOICE_DIAL_TO !== undefined,
    reconciles: settings.RECONCILE_INTERVAL > 0,
    callerIds,
  };
}
