import { randomUUID } from 'node:crypto';
import { startConsumer } from '@onrecord/shared/event-log/consumer';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { TOPICS } from '@onrecord/shared/events/envelope';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { benchLog } from './bench-log.ts';
import { EVENTS, serveRounds, stopwatch } from './consumer-rounds.ts';

const CONCURRENCY = 16;

const [url = ''] = process.argv.slice(2);
const logger = createLogger({ service: 'bench', level: 'silent' });
const log = await openEventLog({ ...benchLog(url), logger });

serveRounds(async () => {
  const watch = stopwatch();
  const handled = Promise.withResolvers<void>();
  let count = 0;
  const consumer = await startConsumer({
    log: { append: log.append.bind(log), subscribe: observedSubscribe(watch) },
    group: randomUUID(),
    topics: [TOPICS.telephony],
    concurrency: CONCURRENCY,
    handle: async () => {
      count += 1;
      if (count === EVENTS) handled.resolve();
    },
    logger,
    metrics: createMetrics('bench'),
    onFailure: (error) => handled.reject(error),
  });
  await handled.promise;
  await consumer.close();
  return watch.time;
});

/** Watches the first record arrive and the commits get through. */
function observedSubscribe(watch: ReturnType<typeof stopwatch>): EventLog['subscribe'] {
  return async ({ listener, ...options }) => {
    const committed = new Map<number, bigint>();
    const subscription = await log.subscribe({
      ...options,
      listener: {
        onRecords: (records) => {
          watch.start();
          listener.onRecords(records);
        },
        onRevoking: (partitions) => listener.onRevoking(partitions),
        onFailure: (error) => listener.onFailure(error),
      },
    });
    return {
      pause: (partitions) => subscription.pause(partitions),
      resume: (partitions) => subscription.resume(partitions),
      commit: async (at, nextOffset) => {
        await subscription.commit(at, nextOffset);
        watch.add(nextOffset - (committed.get(at.partition) ?? 0n));
        committed.set(at.partition, nextOffset);
      },
      close: () => subscription.close(),
    };
  };
}
