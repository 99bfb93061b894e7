import { commonSettings, ownPorts } from '@onrecord/shared/config/common-settings';
import { duration, type Environment, flag, port, readSettings, wholeNumber } from '@onrecord/shared/config/settings';
import type { Examined } from '@onrecord/shared/doctor/examine';
import { voiceFileNumbers } from '@onrecord/shared/doctor/voice-file-numbers';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { bearerToken } from '@onrecord/shared/http/bearer-token';
import { toTracingOptions } from '@onrecord/shared/telemetry/tracing/settings';
import { publicBaseUrls } from '@onrecord/shared/twilio/public-base-urls';
import {
  accountsFileSettings,
  ownAccount,
  twilioApiSettings,
  twilioSignatureSettings,
  wholeApiKey,
} from '@onrecord/shared/twilio/settings';
import { z } from 'zod';
import { builtInVoiceFile } from './domain/voice/built-in-file.ts';
import { phoneNumber } from './domain/voice/voice-file.ts';
import { bodiesFit, limitSettings, toLimits } from './limit-settings.ts';
import { loadVoiceFile } from './load-voice-file.ts';
import { answerSettings, answersHaveAPlace, toAnswers } from './transcription-answer-settings.ts';

const METRICS_PORT = 9464;
/** More often only costs the account its requests. */
const RECONCILE_INTERVAL_MIN_MS = 1_000;

/** Every variable that ingest reads. */
export const settingsSchema = z.object({
  ...commonSettings(METRICS_PORT),
  ...eventLogSettings,
  ...twilioSignatureSettings,
  ...twilioApiSettings,
  ...accountsFileSettings,
  ...limitSettings,
  ...answerSettings,
  PORT: port().prefault('8080').describe('Port of Twilio’s callbacks; 0 chooses a free one'),
  PUBLIC_BASE_URL: publicBaseUrls().describe(
    'The address under which Twilio reaches this service, such as https://calls.example.com, or several with commas between them; signatures are checked over them',
  ),
  VOICE_DIAL_TO: phoneNumber
    .optional()
    .describe(
      'Whom the built-in consent prompt connects callers to; absent turns /voice/inbound off; VOICE_FILE takes its place',
    ),
  VOICE_FILE: z
    .string()
    .transform((path, context) => {
      const reading = loadVoiceFile(path);
      if ('file' in reading) return reading.file;
      for (const message of reading.problems) context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .describe('Path of the JSON file of what callers hear at /voice/inbound and where they go (docs/voice.md)'),
  PUBLISH_TIMEOUT: duration({ min: '100ms', max: '10s' })
    .prefault('3s')
    .describe('How long the event log may take before a callback is answered 503; Twilio gives up after 15 s'),
  DOCTOR_AT_START: flag()
    .prefault('true')
    .describe('Whether the checks of `onrecord doctor` are made at start, as warnings in the log'),
  INGEST_API_TOKEN: bearerToken()
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
  MESSAGING: flag()
    .prefault('false')
    .describe('Whether text messages that were asked for are sent through Twilio: true or false'),
  MESSAGE_MAX_AGE: duration({ min: '1m', max: '1d' })
    .prefault('15m')
    .describe(
      'A message that could not be sent for so long is not sent any more: an apology hours later is worse than none',
    ),
  MESSAGES_PER_DAY_MAX: wholeNumber(1, 1_000_000)
    .prefault('1000')
    .describe('Most messages that one ingest process sends in a day (UTC), against loops'),
});
type Settings = z.output<typeof settingsSchema>;

export type IngestConfig = ReturnType<typeof toConfig>;

/** @throws SettingsError naming every bad setting */
export function readConfig(environment: Environment): IngestConfig {
  return toConfig(
    readSettings(settingsSchema.check(...wholeApiKey, ownPorts, bodiesFit, answersHaveAPlace), environment),
  );
}

const builtIn = (dialTo: string | undefined) => (dialTo === undefined ? undefined : builtInVoiceFile(dialTo));

function toConfig(settings: Settings) {
  return {
    logLevel: settings.LOG_LEVEL,
    tracing: toTracingOptions(settings),
    metricsPort: settings.METRICS_PORT,
    listenHost: settings.LISTEN_HOST,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT,
    eventLog: toEventLogOptions(settings),
    port: settings.PORT,
    /** Each without a trailing slash, so that a path can be appended; the first is the one that others are told. */
    publicBaseUrls: settings.PUBLIC_BASE_URL,
    accounts: { file: settings.ACCOUNTS_FILE, own: ownAccount(settings) },
    voice: settings.VOICE_FILE ?? builtIn(settings.VOICE_DIAL_TO),
    publishTimeoutMs: settings.PUBLISH_TIMEOUT,
    ...toLimits(settings),
    /** Of what `onrecord doctor`'s checks are made at start, for the accounts of then; undefined for none. */
    checkedAtStart: settings.DOCTOR_AT_START ? toExamined(settings) : undefined,
    apiToken: settings.INGEST_API_TOKEN,
    answers: toAnswers(settings),
    /** Absent where no message is sent. */
    messaging: settings.MESSAGING
      ? { maxAgeMs: settings.MESSAGE_MAX_AGE, perDayMax: settings.MESSAGES_PER_DAY_MAX }
      : undefined,
    reconcile: {
      /** 0 is never. */
      intervalMs: settings.RECONCILE_INTERVAL,
      graceMs: settings.RECONCILE_GRACE_PERIOD,
      reach: { overlapMs: settings.RECONCILE_OVERLAP, firstMs: settings.RECONCILE_WINDOW },
    },
  };
}

function toExamined(settings: Settings): Omit<Examined, 'accounts'> {
  const numbers = voiceFileNumbers(settings.VOICE_FILE);
  return {
    ownSid: settings.TWILIO_ACCOUNT_SID,
    baseUrls: settings.PUBLIC_BASE_URL,
    hasVoiceApplication: settings.VOICE_FILE !== undefined || settings.VOICE_DIAL_TO !== undefined,
    reconciles: settings.RECONCILE_INTERVAL > 0,
    callerIds: numbers?.callerIds ?? [],
    senders: numbers?.senders ?? [],
  };
}
