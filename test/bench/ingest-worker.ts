import { readConfig } from '@onrecord/ingest/config';
import { startIngest } from '@onrecord/ingest/service';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { serveWorker } from './serve-worker.ts';

export interface IngestTask {
  environment: Record<string, string>;
  /** Whether events go to the real log or nowhere. */
  durable: boolean;
}

/** Ingest in a process of its own; everything but the append is the same in both ways. */
serveWorker(async ({ environment, durable }: IngestTask) => {
  const config = readConfig(environment);
  const logger = createLogger({ service: 'bench', level: 'error' });
  const log = await openEventLog({ ...config.eventLog, clientId: 'bench', logger });
  const eventLog: EventLog = durable ? log : Object.assign(Object.create(log), { append: async () => {} });
  const service = await startIngest(config, { eventLog, logger });
  return service.addresses.callbacks ?? '';
});
