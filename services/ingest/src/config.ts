import { commonSettings } from '@onrecord/shared/config/common-settings';
import { duration, type Environment, port, readSettings, wholeNumber } from '@onrecord/shared/config/settings';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { publicBaseUrls } from '@onrecord/shared/twilio/public-base-urls';
import {
  accountsFileSettings,
  apiKeyOf,
  ownAccount,
  twilioApiSettings,
  twilioSignatureSettings,
  wholeApiKey,
} from '@onrecord/shared/twilio/settings';
import { z } from 'zod';

const METRICS_PORT = 9464;
const TOKEN_CHARACTERS_MIN = 16;
/** More often only costs the account its requests. */
const RECONCILE_INTERVAL_MIN_MS = 1_000;

/** Every variable that ingest reads. */
export const settingsSchema = z.object({
  ...commonSettings(METRICS_PORT),
  ...eventLogSettings,
  ...twilioSignatureSettings,
  ...twilioApiSettings,
  ...accountsFileSettings,
  PORT: port().prefault('8080').describe('Port of Twilio’s callbacks; 0 chooses a free one'),
  PUBLIC_BASE_URL: publicBaseUrls().describe(
    'The address under which Twilio reaches this service, such as https://calls.example.com, or several with commas between them; signatures are checked over them',
  ),
  VOICE_DIAL_TO: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'give an E.164 number such as +14155550100')
    .optional()
    .describe('Whom the consent prompt connects callers to; absent turns /voice/inbound off'),
  PUBLISH_TIMEOUT: duration({ min: '100ms', max: '10s' })
    .prefault('3s')
    .describe('How long the event log may take before a callback is answered 503; Twilio gives up after 15 s'),
  BODY_BYTES_MAX: wholeNumber(1_024, 1_048_576).prefault('65536').describe('Longest callback body, in bytes'),
  ALERT_BODY_BYTES_MAX: wholeNumber(65_536, 8_388_608)
    .prefault('1048576')
    .describe('Longest body of /webhooks/debugger and /webhooks/events, which may carry many events, in bytes'),
  INGEST_API_TOKEN: z
    .string()
    .min(TOKEN_CHARACTERS_MIN, `give at least ${TOKEN_CHARACTERS_MIN} characters, for instance of openssl rand -hex 24`)
    .optional()
    .describe('The token with which `onrecord reconcile` asks on the metrics port; absent turns that off'),
  RECONCILE_INTERVAL: duration({ max: '1d' })
    .refine((ms) => ms === 0 || ms >= RECONCILE_INTERVAL_MIN_MS, { error: 'give at least 1s, or 0s for never' })
    .prefault('5m')
    .describe('How often Twilio is asked for recordings, calls and alerts that no callback told of; 0s turns that off'),
  RECONCILE_WINDOW: duration({ min: '1m', max: '90d' })
    .prefault('24h')
    .describe('How far back it is asked when it was never asked before'),
  RECONCILE_OVERLAP: duration({ min: '1m', max: '7d' })
    .prefault('1h')
    .describe('How far back it is asked again each time: its lists are complete only after a while'),
  RECONCILE_GRACE_PERIOD: duration({ max: '1h' })
    .prefault('1m')
    .describe('How long a callback may be on its way before what it tells is published without it'),
});
type Settings = z.output<typeof settingsSchema>;

export type IngestConfig = ReturnType<typeof toConfig>;

/** @throws SettingsError naming every bad setting */
export function readConfig(environment: Environment): IngestConfig {
  return toConfig(readSettings(settingsSchema.check(...wholeApiKey), environment));
}

function toConfig(settings: Settings) {
  return {
    logLevel: settings.LOG_LEVEL,
    metricsPort: settings.METRICS_PORT,
    listenHost: settings.LISTEN_HOST,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT,
    eventLog: toEventLogOptions(settings),
    port: settings.PORT,
    /** Each without a trailing slash, so that a path can be appended; the first is the one that others are told. */
    publicBaseUrls: settings.PUBLIC_BASE_URL,
    publicBaseUrl: settings.PUBLIC_BASE_URL[0],
    accountSid: settings.TWILIO_ACCOUNT_SID,
    accounts: { file: settings.ACCOUNTS_FILE, own: ownAccount(settings) },
    dialTo: settings.VOICE_DIAL_TO,
    publishTimeoutMs: settings.PUBLISH_TIMEOUT,
    bodyBytesMax: settings.BODY_BYTES_MAX,
    alertBodyBytesMax: settings.ALERT_BODY_BYTES_MAX,
    twilioApi: { apiUrl: settings.TWILIO_API_URL, apiKey: apiKeyOf(settings), authToken: settings.TWILIO_AUTH_TOKEN },
    apiToken: settings.INGEST_API_TOKEN,
    reconcile: {
      /** 0 is never. */
      intervalMs: settings.RECONCILE_INTERVAL,
      graceMs: settings.RECONCILE_GRACE_PERIOD,
      reach: { overlapMs: settings.RECONCILE_OVERLAP, firstMs: settings.RECONCILE_WINDOW },
    },
  };
}
