import { parentPort, workerData } from 'node:worker_threads';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';

const { url, group, topic, limits, gate } = workerData;
const logger = createLogger({ service: 'frozen', level: 'silent' });
const log = await openPostgresEventLog({ url, limits, logger });
const read = Promise.withResolvers<void>();
const subscription = await log.subscribe({
  group,
  topics: [topic],
  listener: { onRecords: () => read.resolve(), onRevoking: async () => undefined, onFailure: () => undefined },
});
await read.promise;
parentPort?.postMessage('frozen');
Atomics.wait(gate, 0, 0);
parentPort?.postMessage(
  await subscription.commit({ topic, partition: 0 }, BigInt(gate[1])).then(
    () => 'committed',
    (error: Error) => error.name,
  ),
);
