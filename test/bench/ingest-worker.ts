import { readConfig } from '@onrecord/ingest/config';
import { startIngest } from '@onrecord/ingest/service';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createLogger } from '@onrecord/shared/telemetry/logger';

export interface IngestTask {
  environment: Record<string, string>;
  /** Whether events go to the real log or nowhere. */
  durable: boolean;
}

/**
 * Ingest in a process of its own; everything but the append is the same in both ways. It answers its task with its address, and
 * every later message with the CPU time that it has used so far, in seconds.
 */
process.once('message', async ({ environment, durable }: IngestTask) => {
  const config = readConfig({ ...environment, LISTEN_HOST: '127.0.0.1', RECONCILE_INTERVAL: '0s' });
  const logger = createLogger({ service: 'bench', level: 'error' });
  const log = await openEventLog({ ...config.eventLog, clientId: 'bench', logger });
  const eventLog: EventLog = durable ? log : Object.assign(Object.create(log), { append: async () => {} });
  const service = await startIngest(config, { eventLog, logger });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.send?.(service.addresses.callbacks);
});
process.once('disconnect', () => process.exit());
