import { commonSettings } from '@onrecord/shared/config/common-settings';
import { duration, type Environment, readSettings, url, wholeNumber } from '@onrecord/shared/config/settings';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { objectStoreSettings, toObjectStoreOptions } from '@onrecord/shared/object-store/settings';
import { toTracingOptions } from '@onrecord/shared/telemetry/tracing/settings';
import type { ProviderName } from '@onrecord/shared/transcription/provider-capabilities';
import { otherFallback, providerSettings } from '@onrecord/shared/transcription/settings';
import { accountsFileSettings, ownAccount, twilioApiSettings, wholeApiKey } from '@onrecord/shared/twilio/settings';
import { z } from 'zod';
import { archivedSettings, archivedWaysFit, toArchivedWays } from './archived-settings.ts';
import { MEDIA_FORMATS } from './domain/media-format.ts';

const MIB = 1024 * 1024;
const METRICS_PORT = 9466;
const DEEPGRAM_URL = 'https://api.deepgram.com';

const relaySettings = {
  RELAY_CONCURRENCY: wholeNumber(1, 1_000).prefault('16').describe('Recordings that are worked on at once'),
  RELAY_TIMEOUT: duration({ min: '10s', max: '12h' })
    .prefault('30m')
    .describe('How long one recording may take, transcription included, before the attempt counts as failed'),
  WITHDRAWAL_CHECK_INTERVAL: duration({ min: '100ms', max: '10m' })
    .prefault('5s')
    .describe('How often is looked, while a recording is worked on, whether it may not be any more'),
  RELAY_PROVIDER_LAG_BYTES: wholeNumber(64 * 1024, 1024 * MIB)
    .prefault(String(8 * MIB))
    .describe(
      'Bytes of one recording that may wait in memory for a slow speech provider before it is read from the store instead',
    ),
  RELAY_PROVIDER_LAG_BYTES_OF_ALL: wholeNumber(64 * 1024, 16 * 1024 * MIB)
    .prefault(String(128 * MIB))
    .describe('Such bytes of all recordings together; whose next ones find no room is read from the store instead'),
  MEDIA_FORMAT: z
    .enum(MEDIA_FORMATS, { error: 'give wav or mp3' })
    .prefault('wav')
    .describe(
      'What recordings are archived as, bit for bit as Twilio serves them; mp3 is a quarter of the size or less, and is neither measured nor, by an openai-compatible server, heard a channel at a time',
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

const breakerSettings = {
  BREAKER_FAILURES: wholeNumber(1, 1_000)
    .prefault('5')
    .describe(
      'Failures in a row after which the speech provider, the media of an account or the object store are left alone for a while',
    ),
  BREAKER_PAUSE: duration({ min: '100ms', max: '1h' })
    .prefault('10s')
    .describe(
      'How long they are left alone first, where they do not say; then one recording tries, and each failure doubles it',
    ),
  BREAKER_PAUSE_MAX: duration({ min: '100ms', max: '1d' })
    .prefault('10m')
    .describe('How long they are left alone at most, where they do not say'),
};

const transcriptionSettings = {
  ...providerSettings,
  TRANSCRIPTION_URL: url('https:', 'http:')
    .optional()
    .describe(`Where the speech provider is; for deepgram ${DEEPGRAM_URL} unless given`),
  TRANSCRIPTION_FALLBACK_URL: url('https:', 'http:')
    .optional()
    .describe(`Where TRANSCRIPTION_FALLBACK_PROVIDER is; for deepgram ${DEEPGRAM_URL} unless given`),
  TRANSCRIPTION_FALLBACK_ATTEMPTS: wholeNumber(1, 12)
    .prefault('3')
    .describe('The attempt from which on the fallback is asked for a recording whose provider is in trouble'),
  TRANSCRIPTION_FALLBACK_CONCURRENCY: wholeNumber(1, 1_000)
    .prefault('4')
    .describe('Recordings at the fallback at once'),
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
  TRANSCRIPTION_BUDGET_PER_DAY: duration({ min: '1m', max: '3650d', absent: 'no limit' })
    .optional()
    .describe(
      'Billed audio that may be sent to the speech provider in a day (UTC) for each account, such as 10h; what comes then is archived and transcribed on the next day',
    ),
  TRANSCRIPTION_CHARGEABLE_MAX: wholeNumber(1, 100)
    .prefault('4')
    .describe(
      'Requests for one transcript that may be charged for; when no answer of so many could be used it is given up',
    ),
};

const providersOf = (all: {
  TRANSCRIPTION_PROVIDER: ProviderName;
  TRANSCRIPTION_FALLBACK_PROVIDER?: ProviderName | undefined;
}) => [all.TRANSCRIPTION_PROVIDER, all.TRANSCRIPTION_FALLBACK_PROVIDER];

/** Settings are judged together whatever else is wrong, so that one message names everything; but of an unknown provider nothing follows. */
const always = { when: () => true };
const whereKnown = (setting: keyof typeof providerSettings) => ({
  when: ({ issues }: { issues: readonly { path?: readonly PropertyKey[] | undefined }[] }) =>
    !issues.some(({ path }) => path?.[0] === setting),
});

/** Every variable that the transcriber reads. */
export const settingsSchema = z
  .object({
    ...commonSettings(METRICS_PORT),
    ...eventLogSettings,
    ...objectStoreSettings,
    ...twilioApiSettings,
    ...accountsFileSettings,
    ...transcriptionSettings,
    ...archivedSettings,
    ...relaySettings,
    ...breakerSettings,
  })
  .check(...wholeApiKey, ...archivedWaysFit)
  .check(otherFallback)
  .refine((all) => !providersOf(all).includes('deepgram') || all.DEEPGRAM_API_KEY !== undefined, {
    path: ['DEEPGRAM_API_KEY'],
    error: 'deepgram as provider or fallback needs a key (console.deepgram.com), or choose another provider',
    ...always,
  })
  .refine((all) => all.TRANSCRIPTION_PROVIDER === 'deepgram' || all.TRANSCRIPTION_URL !== undefined, {
    path: ['TRANSCRIPTION_URL'],
    error:
      'TRANSCRIPTION_PROVIDER=simulator needs the address of the look-alike, and openai-compatible that of the server',
    ...whereKnown('TRANSCRIPTION_PROVIDER'),
  })
  .refine(
    ({ TRANSCRIPTION_FALLBACK_PROVIDER: name, TRANSCRIPTION_FALLBACK_URL: address }) =>
      name === undefined || name === 'deepgram' || address !== undefined,
    {
      path: ['TRANSCRIPTION_FALLBACK_URL'],
      error:
        'TRANSCRIPTION_FALLBACK_PROVIDER=simulator needs the address of the look-alike, and openai-compatible that of the server',
      ...whereKnown('TRANSCRIPTION_FALLBACK_PROVIDER'),
    },
  );
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
      format: settings.MEDIA_FORMAT,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      headersTimeoutMs: settings.MEDIA_HEADERS_TIMEOUT,
      bodyTimeoutMs: settings.MEDIA_BODY_TIMEOUT,
      redirectsMax: REDIRECTS_MAX,
    },
    provider: providerAccess(settings, settings.TRANSCRIPTION_PROVIDER, settings.TRANSCRIPTION_URL),
    fallback: settings.TRANSCRIPTION_FALLBACK_PROVIDER && {
      provider: providerAccess(settings, settings.TRANSCRIPTION_FALLBACK_PROVIDER, settings.TRANSCRIPTION_FALLBACK_URL),
      attempts: settings.TRANSCRIPTION_FALLBACK_ATTEMPTS,
      requestsMax: settings.TRANSCRIPTION_FALLBACK_CONCURRENCY,
    },
    breaker: {
      failuresMax: settings.BREAKER_FAILURES,
      pauseMs: settings.BREAKER_PAUSE,
      pauseMsMax: settings.BREAKER_PAUSE_MAX,
    },
    budgetSecondsPerDay:
      settings.TRANSCRIPTION_BUDGET_PER_DAY === undefined ? undefined : settings.TRANSCRIPTION_BUDGET_PER_DAY / 1_000,
    chargeableMax: settings.TRANSCRIPTION_CHARGEABLE_MAX,
    /** Absent where the provider is asked while the audio arrives. */
    archivedWays: toArchivedWays(settings),
    providerRequestsMax: settings.TRANSCRIPTION_CONCURRENCY,
    relay: {
      concurrency: settings.RELAY_CONCURRENCY,
      timeoutMs: settings.RELAY_TIMEOUT,
      withdrawalCheckMs: settings.WITHDRAWAL_CHECK_INTERVAL,
      lagBytesMax: settings.RELAY_PROVIDER_LAG_BYTES,
      lagBytesMaxOfAll: settings.RELAY_PROVIDER_LAG_BYTES_OF_ALL,
    },
  };
}

/** TCP and TLS together; a host that takes longer is away. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Twilio documents no redirect of media; a storage host behind it may need one or two. */
const REDIRECTS_MAX = 3;

export type ProviderAccess = ReturnType<typeof providerAccess>;

/** The schema asks for a key with deepgram, and for an address with the others; the simulator checks no key. */
function providerAccess(settings: Settings, name: ProviderName, baseUrl = DEEPGRAM_URL) {
  const common = {
    baseUrl,
    timeoutMs: settings.TRANSCRIPTION_TIMEOUT,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerBytesMax: settings.TRANSCRIPTION_ANSWER_BYTES,
  };
  if (name !== 'openai-compatible') return { ...common, name, apiKey: settings.DEEPGRAM_API_KEY ?? 'simulator' };
  return { ...common, name, apiKey: settings.TRANSCRIPTION_API_KEY, model: settings.TRANSCRIPTION_MODEL };
}
