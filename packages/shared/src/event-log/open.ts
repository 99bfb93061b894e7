import type { Logger } from '../telemetry/logger.ts';
import { DEFAULT_RETRY_POLICY } from './failure-policy.ts';
import type { SaslMechanism } from './kafka/options.ts';
import { type EventLog, EventLogUnavailableError } from './port.ts';
import { type TopicOptions, topicSpecs } from './topics.ts';

/** What `toEventLogOptions` reads from the settings, and who opens it. */
export interface EventLogOptions extends Omit<TopicOptions, 'retryPolicy'> {
  /** `kafka://…`, `kafka+ssl://…` or `postgres://…`. */
  url: string;
  /** The name under which brokers and databases show our connections. */
  clientId: string;
  logger: Logger;
  saslMechanism?: SaslMechanism | undefined;
  caFile?: string | undefined;
  allowSingleCopy?: boolean | undefined;
}

/**
 * Opens the log that the URL names, and creates or checks its topics.
 * @throws SettingsError when the URL or the certificate file cannot be used
 * @throws EventLogUnavailableError when it cannot be reached
 * @throws TopicMismatchError when its topics are not as configured
 */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const log = await openAdapter(options).catch((error: unknown) => {
    throw error instanceof EventLogUnavailableError ? withSetting(error) : error;
  });
  try {
    await log.ensureTopics(topicSpecs({ ...options, retryPolicy: DEFAULT_RETRY_POLICY }));
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Whoever starts a service has a setting in hand, not a log. */
const withSetting = (cause: EventLogUnavailableError) =>
  new EventLogUnavailableError(
    `the event log of EVENTS_URL cannot be used (${cause.message}): start it, or correct EVENTS_URL`,
    { cause },
  );

/** Only the adapter in use is loaded: each brings a client library of its own. */
async function openAdapter(options: EventLogOptions): Promise<EventLog> {
  if (isPostgres(options)) {
    const { openPostgresEventLog } = await import('./postgres/open.ts');
    return openPostgresEventLog(options);
  }
  const { openKafkaEventLog } = await import('./kafka/open.ts');
  return openKafkaEventLog(options);
}

/**
 * Reads the files that opening would read, and connects to nothing.
 * @throws SettingsError as opening would
 */
export async function checkEventLogFiles(options: EventLogOptions): Promise<void> {
  if (isPostgres(options)) return;
  const { readConnection } = await import('./kafka/connection.ts');
  await readConnection(options);
}

const isPostgres = ({ url }: Pick<EventLogOptions, 'url'>) => /^postgres(ql)?:/.test(url);
