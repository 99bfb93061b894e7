import { join } from 'node:path';
import type { Environment } from '@onrecord/shared/config/settings';
import { reachableHost } from '@onrecord/shared/http/serve';
import type { StandaloneConfig } from './config.ts';
import type { Secrets } from './secrets.ts';
import { WHISPER_MODEL } from './whisper/model.ts';

/** Where the parts of this process found their place. */
export interface Places {
  databaseUrl: string;
  /** Absent where nothing is simulated. */
  simulatorUrl: string | undefined;
  /** Absent unless a local Whisper was asked for. */
  whisperUrl: string | undefined;
}

/** Short periods, so that a person sees in seconds what takes an hour and a day otherwise. */
export const DEMO_PERIODS = {
  CONSENT_GRACE_PERIOD: '5s',
  CONFERENCE_SETTLE_PERIOD: '1s',
  REFUSAL_DELETION_DELAY: '4s',
  SWEEP_INTERVAL: '500ms',
};

/** Any number: the simulated called party answers on whatever was dialled. From the range kept for fiction (555-01XX). */
const DEMO_DIAL_TO = '+14155550142';

/**
 * The environment that each service would have if it ran alone: what the user set, completed by what the standalone provides.
 * The services validate it with the same `config.ts` as ever.
 */
export function serviceEnvironment(
  config: StandaloneConfig,
  secrets: Secrets,
  places: Places,
  demo: boolean,
): { ingest: Environment; retention: Environment; transcriber: Environment } {
  const given = config.environment;
  const shared: Environment = {
    ...present(given),
    ...(demo ? DEMO_PERIODS : {}),
    LISTEN_HOST: config.listenHost,
    DATABASE_URL: places.databaseUrl,
    EVENTS_URL: given.EVENTS_URL || places.databaseUrl,
    RECORDINGS_BUCKET: given.RECORDINGS_BUCKET || `file:${join(config.dataDir, 'recordings')}`,
    RECORDS_API_TOKEN: given.RECORDS_API_TOKEN || secrets.recordsApiToken,
    PSEUDONYM_KEY: given.PSEUDONYM_KEY || secrets.pseudonymKey,
    // Here one process serves both, to the same person.
    INGEST_API_TOKEN: given.INGEST_API_TOKEN || secrets.recordsApiToken,
    ...twilioEnvironment(config, secrets, places),
    ...speechEnvironment(config, places),
  };
  const [ingestMetrics, retentionMetrics, transcriberMetrics] = config.metricsPorts.map(String);
  return {
    ingest: { ...shared, PORT: String(config.port), METRICS_PORT: ingestMetrics },
    retention: { ...shared, PORT: String(config.recordsApiPort), METRICS_PORT: retentionMetrics },
    transcriber: { ...shared, METRICS_PORT: transcriberMetrics },
  };
}

/** A simulated account has no key, no second token and no others beside it, whatever is left in the environment of a real one. */
const NO_REAL_CREDENTIALS = {
  TWILIO_AUTH_TOKEN_NEXT: undefined,
  TWILIO_API_KEY_SID: undefined,
  TWILIO_API_KEY_SECRET: undefined,
  ACCOUNTS_FILE: undefined,
  RECORDING_KEYS_FILE: undefined,
};

function twilioEnvironment(config: StandaloneConfig, secrets: Secrets, { simulatorUrl }: Places): Environment {
  if (config.twilio !== undefined) return {};
  return {
    ...NO_REAL_CREDENTIALS,
    TWILIO_ACCOUNT_SID: secrets.simulatedAccountSid,
    TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
    TWILIO_API_URL: simulatorUrl,
    PUBLIC_BASE_URL: localBaseUrl(config),
    // A simulated Twilio loses nothing; its earlier calls would be told again after every start.
    RECONCILE_INTERVAL: config.environment.RECONCILE_INTERVAL || '0s',
    // A simulated account and an address of this machine: nothing to warn of.
    DOCTOR_AT_START: 'false',
    VOICE_DIAL_TO: config.environment.VOICE_DIAL_TO || DEMO_DIAL_TO,
  };
}

function speechEnvironment(
  { environment, speech }: StandaloneConfig,
  { simulatorUrl, whisperUrl }: Places,
): Environment {
  if (speech === 'whisper') {
    return {
      // One Whisper on this machine takes a recording after the other: it is waited for here.
      TRANSCRIPTION_CONCURRENCY: environment.TRANSCRIPTION_CONCURRENCY || '2',
      TRANSCRIPTION_TIMEOUT: environment.TRANSCRIPTION_TIMEOUT || '2h',
      RELAY_TIMEOUT: environment.RELAY_TIMEOUT || '4h',
      TRANSCRIPTION_PROVIDER: 'openai-compatible',
      TRANSCRIPTION_URL: whisperUrl,
      TRANSCRIPTION_MODEL: WHISPER_MODEL,
      TRANSCRIPTION_API_KEY: undefined,
    };
  }
  if (speech !== 'simulator') return { TRANSCRIPTION_PROVIDER: speech };
  return { TRANSCRIPTION_PROVIDER: 'simulator', TRANSCRIPTION_URL: simulatorUrl };
}

/** The address of ingest on this machine, which is also the one that a simulated Twilio calls. */
export const localBaseUrl = ({ port, listenHost }: Pick<StandaloneConfig, 'port' | 'listenHost'>) =>
  `http://${reachableHost(listenHost)}:${port}`;

const present = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
