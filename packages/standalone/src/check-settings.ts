import { readConfig as readIngestConfig } from '@onrecord/ingest/config';
import { readConfig as readRetentionConfig } from '@onrecord/retention/config';
import { type Environment, SettingsError } from '@onrecord/shared/config/settings';
import { checkTranscriberFiles } from '@onrecord/transcriber/check-files';
import { readConfig as readTranscriberConfig } from '@onrecord/transcriber/config';
import { readConfig, type StandaloneConfig, settingsSchema } from './config.ts';
import type { Secrets } from './secrets.ts';
import { type Places, serviceEnvironment } from './service-environment.ts';

/** Stand for what is only known when things run; settings can be judged without it. */
const PLACES: Places = {
  databaseUrl: 'postgres://127.0.0.1/onrecord',
  simulatorUrl: 'http://127.0.0.1:1',
  whisperUrl: 'http://127.0.0.1:1',
};
const SECRETS: Secrets = {
  recordsApiToken: '-'.repeat(32),
  simulatedAccountSid: `AC${'0'.repeat(32)}`,
  simulatedAuthToken: '-'.repeat(32),
  pseudonymKey: '-'.repeat(32),
};

/**
 * Judges the settings of the standalone and of all services before anything is started.
 * @throws SettingsError naming every bad one
 */
export function checkSettings(environment: Environment, speech?: 'whisper'): StandaloneConfig {
  const own = attempt(() => readConfig(environment, speech));
  // Where our own are bad, the services' are judged beside the defaults of ours.
  const config = own.value ?? readConfig(without(environment, Object.keys(settingsSchema.shape)), speech);
  const services = serviceEnvironment(config, SECRETS, PLACES, false);
  const problems = [
    ...own.problems,
    ...whatIsSimulatedHides(config),
    ...attempt(() => readIngestConfig(services.ingest)).problems,
    ...attempt(() => readRetentionConfig(services.retention)).problems,
    ...attempt(() => readTranscriberConfig(services.transcriber)).problems,
  ];
  if (problems.length > 0) throw new SettingsError(firstOfEach(problems));
  return config;
}

/**
 * Reads the files that the settings name. The transcriber has one more than the other services; all share the rest.
 * @throws SettingsError as a start would
 */
export async function checkNamedFiles(config: StandaloneConfig): Promise<void> {
  const { transcriber } = serviceEnvironment(config, SECRETS, PLACES, false);
  await checkTranscriberFiles(readTranscriberConfig(transcriber));
}

/** What a real account, or Deepgram, would be asked for is not looked at where it is simulated; half of it is a mistake all the same. */
function whatIsSimulatedHides({ environment, twilio, speech }: StandaloneConfig): string[] {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const problems: string[] = [];
  if (speech === 'simulator' && given('TRANSCRIPTION_PROVIDER') === 'deepgram') {
    problems.push(
      'DEEPGRAM_API_KEY is missing: TRANSCRIPTION_PROVIDER=deepgram needs it; for a simulated one leave out both',
    );
  }
  const [sid, secret] = ['TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET'] as const;
  const missing = given(sid) === undefined ? sid : secret;
  if (twilio === undefined && (given(sid) === undefined) !== (given(secret) === undefined)) {
    problems.push(`${missing} is missing: set both parts of the API key, or neither`);
  }
  return problems;
}

function attempt<T>(read: () => T): { value?: T; problems: readonly string[] } {
  try {
    return { value: read(), problems: [] };
  } catch (error) {
    if (error instanceof SettingsError) return { problems: error.problems };
    throw error;
  }
}

/** Services share settings; a problem begins with the setting's name. */
const firstOfEach = (problems: readonly string[]): string[] =>
  [...new Map(problems.toReversed().map((problem) => [problem.split(' ')[0], problem])).values()].toReversed();

const without = (environment: Environment, names: readonly string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
