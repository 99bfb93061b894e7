import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { EventLogUnavailableError, type StoredRecord } from '../port.ts';
import { CLIENT_RETRY, createClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { unavailable } from './errors.ts';
import { toStoredRecords } from './stored-records.ts';

/** Without any record: joining a group takes seconds, a fetch less than one. */
const SILENCE_MAX_MS = 30_000;

/** The ends of a topic's partitions, of those that have records. */
export async function endsOf(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  const filled = offsets.filter(({ low, high }) => BigInt(low) < BigInt(high));
  return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
}

/**
 * Everything before `ends`. kafkajs reads as a member of a group alone: of one with a name of its own, which commits nothing and is
 * gone with its only member.
 * @throws EventLogUnavailableError
 */
export async function readNow(
  connection: KafkaConnection,
  topic: string,
  ends: Map<number, bigint>,
  onRecord: (record: StoredRecord) => void,
): Promise<void> {
  if (ends.size === 0) return;
  const client = createClient(connection);
  const consumer = client.kafka.consumer({
    groupId: `onrecord.read.${randomUUID()}`,
    allowAutoTopicCreation: false,
    retry: CLIENT_RETRY,
  });
  const done = Promise.withResolvers<void>();
  const silence = new AbortController();
  let heardAt = performance.now();
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        heardAt = performance.now();
        const end = ends.get(batch.partition);
        if (end === undefined) return;
        const records = toStoredRecords({ ...batch });
        for (const record of records) if (record.offset < end) onRecord(record);
        if ((records.at(-1)?.offset ?? 0n) >= end - 1n) ends.delete(batch.partition);
        if (ends.size === 0) done.resolve();
      },
    });
    await Promise.race([done.promise, silent(silence.signal, () => heardAt)]);
  } catch (error) {
    throw error instanceof EventLogUnavailableError ? error : unavailable(`hand over ${topic}`, error);
  } finally {
    silence.abort();
    await consumer.disconnect().catch(() => undefined);
    client.cut();
  }
}

async function silent(signal: AbortSignal, heardAt: () => number): Promise<void> {
  while (performance.now() - heardAt() < SILENCE_MAX_MS) {
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
  throw new EventLogUnavailableError(`Kafka handed over nothing for ${SILENCE_MAX_MS / 1_000} s`);
}
