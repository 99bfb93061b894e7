import { commonSettings, ownPorts } from '@onrecord/shared/config/common-settings';
import { duration, type Environment, flag, port, readSettings } from '@onrecord/shared/config/settings';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { objectStoreSettings, toObjectStoreOptions } from '@onrecord/shared/object-store/settings';
import { CONSENT_MODES, SHARING } from '@onrecord/shared/policy/policy-schema';
import { databaseSettings } from '@onrecord/shared/postgres/settings';
import { toTracingOptions } from '@onrecord/shared/telemetry/tracing/settings';
import { CAPABILITIES, type ProviderName } from '@onrecord/shared/transcription/provider-capabilities';
import {
  otherFallback,
  possibleOptions,
  providerSettings,
  sameRedaction,
  transcriptionPolicySettings,
} from '@onrecord/shared/transcription/settings';
import { accountsFileSettings, ownAccount, twilioApiSettings, wholeApiKey } from '@onrecord/shared/twilio/settings';
import { z } from 'zod';
import { oidcSettings, toOidcOptions, wholeOidc } from './access/oidc-settings.ts';
import { accessSettings, toAccessOptions } from './access/settings.ts';
import { loadCorrections } from './clearance/load-corrections.ts';
import { deletionSettings, toDeletionLimits } from './deletions/deletion-settings.ts';
import { CHANNEL_MAP_FORM, parseChannelMap } from './domain/channel-map.ts';
import { ruleBook } from './domain/jurisdictions/built-in.ts';
import { builtInPolicy } from './domain/policy.ts';
import type { TranscriptionPolicy } from './domain/transcription-policy.ts';

/** Every environment variable that retention reads. */
export const settingsSchema = z.object({
  ...commonSettings(9_465),
  ...databaseSettings,
  ...eventLogSettings,
  ...objectStoreSettings,
  ...twilioApiSettings,
  ...accountsFileSettings,
  ...providerSettings,
  ...transcriptionPolicySettings,
  PORT: port().prefault('8081').describe('Port of the records API; 0 chooses a free one'),
  PSEUDONYM_KEY: z
    .string()
    .min(32, 'give at least 32 characters, for instance of openssl rand -hex 32')
    .describe(
      'The secret that stand-ins for phone numbers are made with; keep it, for another one makes other stand-ins',
    ),
  ...accessSettings,
  ...oidcSettings,
  CONSENT_MODE: z
    .enum(CONSENT_MODES, `give one of ${CONSENT_MODES.join(', ')}`)
    .prefault('explicit')
    .describe(
      'What must be there before a recording is kept: explicit (an agreement), notice (that the party was told), none, or by-rule (what the places of all parties ask for)',
    ),
  CONSENT_SHARING: z
    .enum(SHARING, `give one of ${SHARING.join(', ')}`)
    .prefault('unless-refused')
    .describe(
      'When the records API gives out addresses of audio that need no token: unless-refused (by a party, for the purpose share), or cleared (only what is agreed to be shared)',
    ),
  JURISDICTIONS_FILE: z
    .string()
    .transform((path, context) => {
      const { file, problems } = loadCorrections(path);
      for (const message of problems) context.addIssue({ code: 'custom', message });
      return file ?? z.NEVER;
    })
    .optional()
    .describe('Path of the JSON file that corrects where numbers are and what is asked for there (docs/consent.md)'),
  CONSENT_GRACE_PERIOD: duration({ min: '1s', max: '30d' })
    .prefault('1h')
    .describe('How long consent may stay unknown before a recording is withheld'),
  CONFERENCE_SETTLE_PERIOD: duration({ min: '1ms', max: '1h' })
    .prefault('30s')
    .describe(
      'How long a decision waits to learn of everybody who joined a conference, and of a leg not reported yet, before it clears',
    ),
  REFUSAL_DELETION_DELAY: duration({ min: '1s', max: '30d' })
    .prefault('24h')
    .describe('How long a refusal can be undone before the recording is deleted'),
  RETENTION_PERIOD: duration({ min: '1m', max: '36500d' })
    .prefault('30d')
    .describe(
      'How long a cleared recording is kept, from its archiving, or from its clearance where it was never archived',
    ),
  CHANNEL_MAP: z
    .string()
    .transform((text, context) => {
      const map = parseChannelMap(text);
      if (map) return map;
      context.addIssue({ code: 'custom', message: `give ${CHANNEL_MAP_FORM}` });
      return z.NEVER;
    })
    .prefault('parent-first')
    .describe(
      'Which leg is on the first channel of a two-channel recording, and by source where it differs; Twilio documents parent-first, accounts were measured that differ',
    ),
  HOLD_RELEASE_NEEDS_SECOND_PERSON: flag()
    .prefault('false')
    .describe(
      'true: a hold is released only when somebody else than who placed it and who asks for it approves; a policy can ask for that as well',
    ),
  SWEEP_INTERVAL: duration({ min: '100ms', max: '1h' })
    .prefault('15s')
    .describe('How often is looked for what has become due'),
  ...deletionSettings,
});

/** @throws SettingsError naming every bad setting */
export function readConfig(environment: Environment) {
  const policyFits = [otherFallback, ...possibleOptions, sameRedaction];
  const settings = readSettings(
    settingsSchema.check(...wholeApiKey, ownPorts, ...wholeOidc, ...policyFits),
    environment,
  );
  return {
    logLevel: settings.LOG_LEVEL,
    tracing: toTracingOptions(settings),
    metricsPort: settings.METRICS_PORT,
    listenHost: settings.LISTEN_HOST,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT,
    database: {
      url: settings.DATABASE_URL,
      adminUrl: settings.DATABASE_ADMIN_URL,
      poolMax: settings.DATABASE_POOL_MAX,
    },
    eventLog: toEventLogOptions(settings),
    objectStore: toObjectStoreOptions(settings),
    accountSid: settings.TWILIO_ACCOUNT_SID,
    accounts: { file: settings.ACCOUNTS_FILE, own: ownAccount(settings) },
    pseudonymKey: settings.PSEUDONYM_KEY,
    recordsApi: {
      port: settings.PORT,
      token: settings.RECORDS_API_TOKEN,
      access: toAccessOptions(settings),
      oidc: toOidcOptions(settings),
    },
    ruleBook: ruleBook(settings.JURISDICTIONS_FILE),
    releaseNeedsSecondPerson: settings.HOLD_RELEASE_NEEDS_SECOND_PERSON,
    policy: builtInPolicy({
      consentMode: settings.CONSENT_MODE,
      sharing: settings.CONSENT_SHARING,
      gracePeriodMs: settings.CONSENT_GRACE_PERIOD,
      conferenceSettleMs: settings.CONFERENCE_SETTLE_PERIOD,
      refusalDeletionDelayMs: settings.REFUSAL_DELETION_DELAY,
      retentionPeriodMs: settings.RETENTION_PERIOD,
      channelMap: settings.CHANNEL_MAP,
      transcription: transcriptionPolicy(settings),
    }),
    planning: planningSettings(settings),
    sweepIntervalMs: settings.SWEEP_INTERVAL,
    deletions: toDeletionLimits(settings),
  };
}

const seconds = (ms: number) => `${ms / 1_000} s`;

/** What the plans of all processes on one ledger are made by. */
const planningSettings = (settings: z.output<typeof settingsSchema>) => ({
  RETENTION_PERIOD: seconds(settings.RETENTION_PERIOD),
  CONSENT_MODE: settings.CONSENT_MODE,
  CONSENT_GRACE_PERIOD: seconds(settings.CONSENT_GRACE_PERIOD),
  CONFERENCE_SETTLE_PERIOD: seconds(settings.CONFERENCE_SETTLE_PERIOD),
  REFUSAL_DELETION_DELAY: seconds(settings.REFUSAL_DELETION_DELAY),
  JURISDICTIONS_FILE: `of version ${ruleBook(settings.JURISDICTIONS_FILE).version}`,
});

function transcriptionPolicy(settings: z.output<typeof settingsSchema>): TranscriptionPolicy {
  const {
    TRANSCRIPTION_FALLBACK_PROVIDER: second,
    TRANSCRIPTION_FALLBACK_OPTIONS: optionsOfSecond,
    TRANSCRIPTION_OPTIONS: options,
    TRANSCRIPTION_PROVIDER: first,
  } = settings;
  const canDiarize = (provider: ProviderName) => CAPABILITIES[provider].diarize.includes(true);
  return {
    ...{ provider: first, options, canDiarize: canDiarize(first) },
    fallback: second && { provider: second, options: optionsOfSecond, canDiarize: canDiarize(second) },
  };
}

export type RetentionConfig = ReturnType<typeof readConfig>;
