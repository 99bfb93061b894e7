import { join } from 'node:path';
import { openEventLog } from '@onrecord/shared/event-log/open';
import { type EventLog, EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import type { TranscriberConfig } from '@onrecord/transcriber/config';
import type { StandaloneConfig } from './config.ts';
import type { Secrets } from './secrets.ts';
import { localBaseUrl } from './service-environment.ts';

/** Look-alikes of whatever has no credentials; undefined where nothing has to be simulated. */
export async function openSimulator(
  config: StandaloneConfig,
  secrets: Secrets,
  started: AsyncDisposableStack,
): Promise<Simulator | undefined> {
  if (config.twilio !== undefined && config.speech !== 'simulator') return undefined;
  const simulator = await startSimulator({
    accountSid: secrets.simulatedAccountSid,
    authToken: secrets.simulatedAuthToken,
    publicBaseUrl: localBaseUrl(config),
    dataDir: join(config.dataDir, 'simulator'),
  });
  started.defer(() => simulator.stop());
  return simulator;
}

/** One event log and one object store for all services of this process. */
export async function openShared(
  { eventLog: eventLogOptions, objectStore: objectStoreOptions }: Pick<TranscriberConfig, 'eventLog' | 'objectStore'>,
  logger: Logger,
  started: AsyncDisposableStack,
): Promise<{ eventLog: EventLog; objectStore: ObjectStore }> {
  const eventLog = await openEventLog({ ...eventLogOptions, clientId: 'standalone', logger }).catch((error) => {
    throw error instanceof EventLogUnavailableError ? withRemedy(error) : error;
  });
  started.defer(() => eventLog.close());
  const objectStore = await openObjectStore(objectStoreOptions);
  started.defer(() => objectStore.close());
  return { eventLog, objectStore };
}

const withRemedy = (cause: EventLogUnavailableError) =>
  new EventLogUnavailableError(`${cause.message}, or leave that out for the embedded one`, { cause });
