import { commonSettings } from '@onrecord/shared/config/common-settings';
import { duration, type Environment, readSettings, url, wholeNumber } from '@onrecord/shared/config/settings';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { objectStoreSettings, toObjectStoreOptions } from '@onrecord/shared/object-store/settings';
import { toTracingOptions } from '@onrecord/shared/telemetry/tracing/settings';
import { accountsFileSettings, ownAccount, twilioApiSettings, wholeApiKey } from '@onrecord/shared/twilio/settings';
import { z } from 'zod';

const MIB = 1024 * 1024;
const METRICS_PORT = 9466;
const DEEPGRAM_URL = 'https://api.deepgram.com';

const relaySettings = {
  RELAY_CONCURRENCY: wholeNumber(1, 1_000).prefault('16').describe('Recordings that are worked on at once'),
  RELAY_TIMEOUT: duration({ min: '10s', max: '12h' })
    .prefault('30m')
    .describe('How long one recording may take, transcription included, before the attempt counts as failed'),
  RELAY_PROVIDER_LAG_BYTES: wholeNumber(64 * 1024, 1024 * MIB)
    .prefault(String(8 * MIB))
    .describe(
      'Bytes of one recording that may wait in memory for a slow speech provider before it is read from the store instead',
    ),
  MEDIA_HEADERS_TIMEOUT: duration({ min: '1s', max: '10m' })
    .prefault('30s')
    .describe('How long Twilio may take to answer a request for media'),
  MEDIA_BODY_TIMEOUT: duration({ min: '1s', max: '10m' })
    .prefault('60s')
    .describe('How long Twilio may be silent in the middle of a recording'),
  RECORDING_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Private keys of recordings that Twilio encrypts: a JSON file {"CR…": "-----BEGIN PRIVATE KEY-----…"}, or a folder of CR….pem',
    ),
};

const transcriptionSettings = {
  TRANSCRIPTION_PROVIDER: z
    .enum(['deepgram', 'openai-compatible', 'simulator'], { error: 'give deepgram, openai-compatible or simulator' })
    .prefault('deepgram')
    .describe(
      'Speech-to-text; openai-compatible is any server with /v1/audio/transcriptions, such as a local Whisper; simulator is the look-alike at TRANSCRIPTION_URL, whose transcripts are labelled so',
    ),
  TRANSCRIPTION_URL: url('https:', 'http:')
    .optional()
    .describe(`Where the speech provider is; for deepgram ${DEEPGRAM_URL} unless given`),
  TRANSCRIPTION_MODEL: z
    .string()
    .min(1)
    .prefault('whisper-1')
    .describe('Model of an openai-compatible server where a policy names none, as the server calls it'),
  TRANSCRIPTION_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Bearer token for an openai-compatible server; a local one needs none'),
  DEEPGRAM_API_KEY: z.string().min(1).optional().describe('Deepgram key; required for TRANSCRIPTION_PROVIDER=deepgram'),
  TRANSCRIPTION_CONCURRENCY: wholeNumber(1, 1_000)
    .prefault('16')
    .describe(
      'Recordings at the speech provider at once; Deepgram allows 100 a project, and an openai-compatible server gets a request for each channel',
    ),
  TRANSCRIPTION_TIMEOUT: duration({ min: '10s', max: '2h' })
    .prefault('15m')
    .describe('How long one request to the speech provider may take, upload included'),
  TRANSCRIPTION_BUDGET_PER_DAY: duration({ min: '1m', max: '3650d' })
    .optional()
    .describe(
      'Billed audio that may be sent to the speech provider in a day (UTC) for each account, such as 10h; what comes then is archived and transcribed on the next day',
    ),
  TRANSCRIPTION_ANSWER_BYTES: wholeNumber(MIB, 1024 * MIB)
    .prefault(String(64 * MIB))
    .describe('Longest answer of the speech provider that is taken, in bytes'),
};

/** Settings are judged together whatever else is wrong, so that one message names everything. */
const always = { when: () => true };

/** Every variable that the transcriber reads. */
export const settingsSchema = z
  .object({
    ...commonSettings(METRICS_PORT),
    ...eventLogSettings,
    ...objectStoreSettings,
    ...twilioApiSettings,
    ...accountsFileSettings,
    ...transcriptionSettings,
    ...relaySettings,
  })
  .check(...wholeApiKey)
  .refine((all) => all.TRANSCRIPTION_PROVIDER !== 'deepgram' || all.DEEPGRAM_API_KEY !== undefined, {
    path: ['DEEPGRAM_API_KEY'],
    error: 'TRANSCRIPTION_PROVIDER=deepgram needs a key (console.deepgram.com), or choose another provider',
    ...always,
  })
  .refine((all) => all.TRANSCRIPTION_PROVIDER === 'deepgram' || all.TRANSCRIPTION_URL !== undefined, {
    path: ['TRANSCRIPTION_URL'],
    error:
      'TRANSCRIPTION_PROVIDER=simulator needs the address of the look-alike, and openai-compatible that of the server',
    ...always,
  });
type Settings = z.output<typeof settingsSchema>;

export type TranscriberConfig = ReturnType<typeof toConfig>;

/** @throws SettingsError naming every bad setting */
export function readConfig(environment: Environment): TranscriberConfig {
  return toConfig(readSettings(settingsSchema, environment));
}

function toConfig(settings: Settings) {
  return {
    logLevel: settings.LOG_LEVEL,
    tracing: toTracingOptions(settings),
    metricsPort: settings.METRICS_PORT,
    listenHost: settings.LISTEN_HOST,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT,
    eventLog: toEventLogOptions(settings),
    objectStore: toObjectStoreOptions(settings),
    accounts: { file: settings.ACCOUNTS_FILE, own: ownAccount(settings) },
    recordingKeysFile: settings.RECORDING_KEYS_FILE,
    media: {
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      headersTimeoutMs: settings.MEDIA_HEADERS_TIMEOUT,
      bodyTimeoutMs: settings.MEDIA_BODY_TIMEOUT,
      redirectsMax: REDIRECTS_MAX,
    },
    provider: {
      ...providerAccess(settings),
      timeoutMs: settings.TRANSCRIPTION_TIMEOUT,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      answerBytesMax: settings.TRANSCRIPTION_ANSWER_BYTES,
    },
    budgetSecondsPerDay:
      settings.TRANSCRIPTION_BUDGET_PER_DAY === undefined ? undefined : settings.TRANSCRIPTION_BUDGET_PER_DAY / 1_000,
    providerRequestsMax: settings.TRANSCRIPTION_CONCURRENCY,
    relay: {
      concurrency: settings.RELAY_CONCURRENCY,
      timeoutMs: settings.RELAY_TIMEOUT,
      lagBytesMax: settings.RELAY_PROVIDER_LAG_BYTES,
    },
  };
}

/** TCP and TLS together; a host that takes longer is away. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Twilio documents no redirect of media; a storage host behind it may need one or two. */
const REDIRECTS_MAX = 3;

/** The schema asks for a key with deepgram, and for an address with the others; the simulator checks no key. */
function providerAccess(settings: Settings) {
  const name = settings.TRANSCRIPTION_PROVIDER;
  const baseUrl = settings.TRANSCRIPTION_URL ?? DEEPGRAM_URL;
  if (name !== 'openai-compatible') return { name, baseUrl, apiKey: settings.DEEPGRAM_API_KEY ?? 'simulator' };
  return { name, baseUrl, apiKey: settings.TRANSCRIPTION_API_KEY, model: settings.TRANSCRIPTION_MODEL };
}
