import { z } from 'zod';
import { duration, type Environment, flag, readSettings } from '../config/settings.ts';
import type { TwilioAccount } from '../twilio/accounts.ts';
import { publicBaseUrls } from '../twilio/public-base-urls.ts';
import {
  accountsFileSettings,
  ownAccount,
  twilioApiSettings,
  twilioSignatureSettings,
  wholeApiKey,
} from '../twilio/settings.ts';

/** Of ingest's settings what the checks need. */
const settingsSchema = z.object({
  ...twilioSignatureSettings,
  ...twilioApiSettings,
  ...accountsFileSettings,
  PUBLIC_BASE_URL: publicBaseUrls().describe(
    'The address under which Twilio reaches ingest; several with commas between',
  ),
  VOICE_DIAL_TO: z.string().optional().describe('Whom the consent prompt connects to'),
  VOICE_FILE: z.string().optional().describe('Prompts and menus of the voice application'),
  RECONCILE_INTERVAL: duration().prefault('5m').describe('How often Twilio is asked for what no callback told of'),
  MESSAGING: flag().prefault('false').describe('Whether text messages are sent'),
});

const accountsSchema = z.object({ ...twilioSignatureSettings, ...twilioApiSettings, ...accountsFileSettings });

/**
 * The environment's own account, and the file that further ones are in.
 * @throws SettingsError naming every bad setting
 */
export function readTwilioAccounts(environment: Environment): { own: TwilioAccount; accountsFile: string | undefined } {
  const settings = readSettings(accountsSchema.check(...wholeApiKey), environment);
  return { own: ownAccount(settings), accountsFile: settings.ACCOUNTS_FILE };
}

export type DoctorSettings = ReturnType<typeof readDoctorSettings>;

/** @throws SettingsError naming every bad setting */
export function readDoctorSettings(environment: Environment) {
  const settings = readSettings(settingsSchema.check(...wholeApiKey), environment);
  return {
    own: ownAccount(settings),
    accountsFile: settings.ACCOUNTS_FILE,
    voiceFile: settings.VOICE_FILE,
    baseUrls: settings.PUBLIC_BASE_URL,
    hasVoiceApplication: settings.VOICE_FILE !== undefined || settings.VOICE_DIAL_TO !== undefined,
    reconciles: settings.RECONCILE_INTERVAL > 0,
    sendsMessages: settings.MESSAGING,
  };
}
