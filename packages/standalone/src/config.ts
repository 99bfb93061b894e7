import { resolve } from 'node:path';
import { type Environment, ipAddress, readSettings, url, wholeNumber } from '@onrecord/shared/config/settings';
import { publicBaseUrls } from '@onrecord/shared/twilio/public-base-urls';
import { z } from 'zod';

/** Known before it is listened on, because Twilio's signature covers the address. */
const listeningPort = () => wholeNumber(1, 65_535);
/** The services' metrics take this one and the two above it. */
const METRICS_PORT_MAX = 65_533;

export const ACCOUNT = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'PUBLIC_BASE_URL'] as const;
/** Means nothing to a simulated account. */
const OF_AN_ACCOUNT = ['PUBLIC_BASE_URL', 'ACCOUNTS_FILE', 'TWILIO_API_KEY_SID', 'TWILIO_AUTH_TOKEN_NEXT'] as const;
type Ports = Record<'PORT' | 'RECORDS_API_PORT' | 'METRICS_PORT', number>;
type Account = Partial<Record<(typeof ACCOUNT)[number], unknown>>;

/** What the standalone reads itself; the services' own settings (`.env.example`) are handed on to them. */
export const settingsSchema = z
  .object({
    ONRECORD_DATA_DIR: z.string().prefault('./data').describe('Folder of everything that is kept'),
    PORT: listeningPort().prefault('8080').describe('Port of Twilio’s callbacks'),
    RECORDS_API_PORT: listeningPort().prefault('8081').describe('Port of the records API'),
    METRICS_PORT: wholeNumber(0, METRICS_PORT_MAX)
      .prefault('9464')
      .describe('Port of ingest’s metrics; retention and transcriber take the two above'),
    LISTEN_HOST: ipAddress()
      .prefault('127.0.0.1')
      .describe('Address that ports are opened on; 0.0.0.0 for every one of this machine'),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
        error: 'give trace, debug, info, warn, error or silent',
      })
      .prefault('info')
      .describe('Level of the log file'),
    PUBLIC_BASE_URL: publicBaseUrls().optional().describe('The addresses under which Twilio reaches PORT'),
    TWILIO_ACCOUNT_SID: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/i, 'give AC and 32 hexadecimal digits')
      .optional()
      .describe('Twilio account; absent means a simulated Twilio'),
    TWILIO_AUTH_TOKEN: z.string().min(1).optional().describe('The account’s auth token'),
    TRANSCRIPTION_PROVIDER: z
      .string()
      .optional()
      .describe('openai-compatible for a server of your own at TRANSCRIPTION_URL; else DEEPGRAM_API_KEY decides'),
    DEEPGRAM_API_KEY: z.string().min(1).optional().describe('Deepgram key; absent means a simulated Deepgram'),
    DATABASE_URL: url('postgres:', 'postgresql:')
      .optional()
      .describe('A Postgres of your own; absent means an embedded one'),
    DATABASE_ADMIN_URL: url('postgres:', 'postgresql:')
      .optional()
      .describe('The same Postgres as the owner of its tables; absent means that DATABASE_URL is the owner’s'),
  })
  // Half of the credentials is a mistake: nobody wants simulated calls because a token was misspelt.
  .refine((given) => isSimulated(given) || missingOf(given).length === 0, {
    error: ({ input }) =>
      `${missingOf(input as Account).join(' and ')} missing: a real Twilio account needs ${ACCOUNT.join(', ')}; for a simulated one leave out the first two`,
    // Judged whatever else is wrong, so that one message names everything.
    when: () => true,
  })
  .refine(({ DATABASE_ADMIN_URL, DATABASE_URL }) => DATABASE_ADMIN_URL === undefined || DATABASE_URL !== undefined, {
    error:
      'DATABASE_URL is missing: DATABASE_ADMIN_URL needs it, as the role that the service works as; or leave both out for an embedded Postgres',
  })
  .refine((given) => hasOwnPorts(given), {
    error: 'PORT, RECORDS_API_PORT, METRICS_PORT and the two above that one overlap: give each a port of its own',
  });

const hasOwnPorts = ({ PORT, RECORDS_API_PORT, METRICS_PORT }: Ports) => {
  const metrics = METRICS_PORT === 0 ? [] : [METRICS_PORT, METRICS_PORT + 1, METRICS_PORT + 2];
  const ports = [PORT, RECORDS_API_PORT, ...metrics];
  return new Set(ports).size === ports.length;
};

const missingOf = (given: Account) => ACCOUNT.filter((name) => given[name] === undefined);
const isSimulated = (given: Account) => given.TWILIO_ACCOUNT_SID === undefined && given.TWILIO_AUTH_TOKEN === undefined;

/** What transcribes: what is real, or else the simulator. */
export type Speech = 'deepgram' | 'openai-compatible' | 'simulator' | 'whisper';

function speechOf({ DEEPGRAM_API_KEY, TRANSCRIPTION_PROVIDER }: z.output<typeof settingsSchema>): Speech {
  if (TRANSCRIPTION_PROVIDER === 'openai-compatible') return TRANSCRIPTION_PROVIDER;
  return DEEPGRAM_API_KEY === undefined ? 'simulator' : 'deepgram';
}

export interface StandaloneConfig {
  dataDir: string;
  port: number;
  recordsApiPort: number;
  /** Ingest's, retention's and the transcriber's. */
  metricsPorts: readonly [number, number, number];
  listenHost: string;
  logLevel: string;
  /** Absent means simulated. */
  twilio?: { publicBaseUrl: string };
  /** What was set for a real account, where there is none. */
  unused: readonly string[];
  speech: Speech;
  databaseUrl?: string;
  databaseAdminUrl?: string;
  /** Everything the services get that the standalone does not decide itself. */
  environment: Environment;
}

/**
 * @param wanted by a flag, which outdoes every setting
 * @throws SettingsError naming every bad setting
 */
export function readConfig(environment: Environment, wanted?: 'whisper'): StandaloneConfig {
  const settings = readSettings(settingsSchema, environment);
  const metricsPort = (offset: number) => (settings.METRICS_PORT === 0 ? 0 : settings.METRICS_PORT + offset);
  return {
    dataDir: resolve(settings.ONRECORD_DATA_DIR),
    port: settings.PORT,
    recordsApiPort: settings.RECORDS_API_PORT,
    metricsPorts: [metricsPort(0), metricsPort(1), metricsPort(2)],
    listenHost: settings.LISTEN_HOST,
    logLevel: settings.LOG_LEVEL,
    ...(isSimulated(settings) ? {} : { twilio: { publicBaseUrl: settings.PUBLIC_BASE_URL?.join(', ') ?? '' } }),
    unused: isSimulated(settings) ? OF_AN_ACCOUNT.filter((name) => environment[name]?.trim()) : [],
    speech: wanted ?? speechOf(settings),
    ...(settings.DATABASE_URL === undefined ? {} : { databaseUrl: settings.DATABASE_URL }),
    ...(settings.DATABASE_ADMIN_URL === undefined ? {} : { databaseAdminUrl: settings.DATABASE_ADMIN_URL }),
    environment,
  };
}
