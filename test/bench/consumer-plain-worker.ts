import { randomUUID } from 'node:crypto';
import { TOPICS } from '@onrecord/shared/events/envelope';
import kafkajs from 'kafkajs';
import { serveRounds, stopwatch } from './consumer-rounds.ts';

const [url = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: [url.replace('kafka://', '')], logLevel: kafkajs.logLevel.NOTHING });

serveRounds(async () => {
  const watch = stopwatch();
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPICS.telephony], fromBeginning: true });
  const handle = async () => {};
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      watch.start();
      const { topic, partition, messages } = batch;
      for (const message of messages) {
        await handle();
        resolveOffset(message.offset);
      }
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      await consumer.commitOffsets([{ topic, partition, offset }]);
      watch.add(BigInt(messages.length));
      await heartbeat();
    },
  });
  const time = await watch.time;
  await consumer.disconnect();
  return time;
});
