import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig as readIngestConfig } from '@onrecord/ingest/config';
import { startIngest } from '@onrecord/ingest/service';
import { readConfig as readRetentionConfig } from '@onrecord/retention/config';
import { startRetention } from '@onrecord/retention/service';
import type { Environment } from '@onrecord/shared/config/settings';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { eventLogSettings } from '@onrecord/shared/event-log/settings';
import type { Service } from '@onrecord/shared/lifecycle/service';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { startTracing } from '@onrecord/shared/telemetry/tracing/start';
import type { Simulator } from '@onrecord/simulator/simulator';
import { readConfig as readTranscriberConfig } from '@onrecord/transcriber/config';
import { startTranscriber } from '@onrecord/transcriber/service';
import type { StandaloneConfig } from './config.ts';
import type { Database } from './database.ts';
import { openShared, openSimulator } from './resources.ts';
import { loadSecrets } from './secrets.ts';
import { serviceEnvironment } from './service-environment.ts';

export interface StandaloneOptions {
  config: StandaloneConfig;
  /** Outlives what is started here. */
  database: Database;
  /** Where the local Whisper is, if there is one; it outlives what is started here too. */
  whisperUrl: string | undefined;
  /** Short periods instead of an hour and a day. */
  demo: boolean;
  logger: Logger;
  /** The logger of a service. */
  named(service: string): Logger;
  /** Interrupts the start between two steps. */
  signal: AbortSignal;
}

export interface Standalone extends AsyncDisposable {
  callbacksUrl: string;
  recordsApi: { url: string; token: string };
  recordingsStore: string;
  /** Undefined where nothing is simulated. */
  simulator: Simulator | undefined;
  eventLog: EventLog;
  objectStore: ObjectStore;
  /** What a person should be told about where things run. */
  notice: string | undefined;
  /** Resolves with the reason when a part cannot continue. */
  failed: Promise<Error>;
}

/**
 * Starts everything in this process, in the order in which it depends on each other. Disposing stops it in reverse: callbacks are
 * answered first, then work in flight is drained.
 * @throws SettingsError, PortInUseError, or what a part could not start for
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const { config, database, demo, logger, signal, whisperUrl } = options;
  const failed = Promise.withResolvers<Error>();
  await using started = new AsyncDisposableStack();
  const secrets = await loadSecrets(config.dataDir);
  const simulator = await openSimulator(config, secrets, started);
  signal.throwIfAborted();
  const places = { databaseUrl: database.url, simulatorUrl: simulator?.url, whisperUrl };
  const environment = serviceEnvironment(config, secrets, places, demo);
  const transcriberConfig = readTranscriberConfig(environment.transcriber);
  const retentionConfig = readRetentionConfig(environment.retention);
  const tracing = await startTracing(transcriberConfig.tracing, 'onrecord', logger);
  started.defer(tracing.stop);
  const shared = await openShared(transcriberConfig, logger, started);
  signal.throwIfAborted();
  const run = async (service: Promise<Service>) => {
    const running = await service;
    started.defer(() => running.stop());
    running.failed.then(failed.resolve);
    signal.throwIfAborted();
    return running;
  };
  const named = (service: string) => ({ ...shared, logger: options.named(service) });
  const retention = await run(startRetention(retentionConfig, named('retention')));
  await run(startTranscriber(transcriberConfig, named('transcriber')));
  const ingestConfig = readIngestConfig(environment.ingest);
  const ingest = await run(startIngest(ingestConfig, named('ingest')));
  const recordsApi = { url: retention.addresses.records ?? '', token: retentionConfig.recordsApi.token };
  await writeConnection(config, 'records-api.json', recordsApi);
  const ingestApi = { url: ingest.addresses.operators ?? '', token: ingestConfig.apiToken ?? '' };
  await writeConnection(config, 'ingest-api.json', ingestApi);
  await writeConnection(config, 'event-log.json', eventLogOf(environment.ingest));
  const stack = started.move();
  return {
    ...shared,
    callbacksUrl: ingest.addresses.callbacks ?? '',
    recordsApi,
    recordingsStore: shared.objectStore.uri,
    simulator,
    notice: database.notice,
    failed: failed.promise,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The EVENTS_… settings, for whoever opens the log as the services do. */
const eventLogOf = (environment: Environment): Environment =>
  Object.fromEntries(Object.keys(eventLogSettings).map((name) => [name, environment[name]]));

/** For the command line. */
const writeConnection = ({ dataDir }: StandaloneConfig, file: string, connection: object) =>
  writeFile(join(dataDir, file), `${JSON.stringify(connection)}\n`, { mode: 0o600 });
