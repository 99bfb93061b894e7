import type { EventLog, LogRecord, StoredRecord, SubscriptionListener } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { fromRecord, toRecord } from '@onrecord/shared/events/kafka-binding';

/** One partition a topic, one subscriber, in memory: enough to see a service wired. The real logs have their conformance suite. */
export function openEventLogInMemory() {
  const records: StoredRecord[] = [];
  const committed: bigint[] = [];
  let subscriber: { topics: readonly string[]; listener: SubscriptionListener } | undefined;
  const deliver = (stored: readonly StoredRecord[]) => {
    for (const record of stored) {
      if (subscriber?.topics.includes(record.topic)) subscriber.listener.onRecords([record]);
    }
  };
  const log: EventLog = {
    ensureTopics: async () => {},
    append: async (appended: readonly LogRecord[]) => {
      const offsetOf = (index: number) => BigInt(records.length + index);
      const stored = appended.map((record, index) => ({
        ...record,
        partition: 0,
        offset: offsetOf(index),
        appendedAt: new Date(),
      }));
      records.push(...stored);
      deliver(stored);
    },
    subscribe: async ({ topics, listener }) => {
      subscriber = { topics, listener };
      setImmediate(() => deliver([...records]));
      return {
        pause: () => {},
        resume: () => {},
        commit: async (_partition, nextOffset) => void committed.push(nextOffset),
        close: async () => {
          subscriber = undefined;
        },
      };
    },
    keptAtMostMs: async () => 0,
    retentionMs: async () => new Map(),
    holdsBefore: async () => false,
    readNow: async () => {},
    ping: async () => {},
    close: async () => {},
  };
  const eventsOf = (topic: string) => records.filter((record) => record.topic === topic).map(fromRecord);
  return {
    log,
    committed,
    topics: () => records.map(({ topic }) => topic),
    eventsOf,
    publish: (event: OnrecordEvent) => log.append([toRecord(event)]),
  };
}
