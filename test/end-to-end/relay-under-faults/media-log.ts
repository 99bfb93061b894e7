import { deadLetterTopic } from '@onrecord/shared/event-log/failure-policy';
import { openEventLog } from '@onrecord/shared/event-log/open';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { fromRecord, toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { Reader } from '../../conformance/event-log-support.ts';

/** The event log from the side of those who decide, and who hear of what became of it. */
export interface MediaLog {
  publish(events: readonly OnrecordEvent[]): Promise<void>;
  /** What was published of a type, by recording: each fact once, however often it was told; another one under the same id is another. */
  facts(type: string): ReadonlyMap<string, ReadonlySet<string>>;
  /** Decisions that were given up. */
  deadLetters(): number;
  close(): Promise<void>;
}

const RETENTION_MS = 7 * 24 * 3_600_000;
const DEAD_LETTERS = deadLetterTopic(TOPICS.decisions);

export async function openMediaLog(url: string, partitions: number): Promise<MediaLog> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const log = await openEventLog({ url, clientId: 'test', logger, partitions, retentionMs: RETENTION_MS });
  const reader = await Reader.join(log, { group: 'test', topics: [TOPICS.media, DEAD_LETTERS] });
  const facts = new Map<string, Map<string, Set<string>>>();
  let read = 0;
  const note = ({ data, id, type }: OnrecordEvent) => {
    const { recordingSid = '' } = data as { recordingSid?: string };
    const ofType = facts.get(type) ?? new Map<string, Set<string>>();
    facts.set(type, ofType.set(recordingSid, (ofType.get(recordingSid) ?? new Set()).add(JSON.stringify([id, data]))));
  };
  return {
    publish: (events) => log.append(events.map(toRecord)),
    facts: (type) => {
      for (; read < reader.records.length; read += 1) {
        const record = reader.records[read];
        if (record?.topic === TOPICS.media) note(fromRecord(record));
      }
      return facts.get(type) ?? new Map();
    },
    deadLetters: () => reader.records.filter(({ topic }) => topic === DEAD_LETTERS).length,
    close: async () => {
      await reader.subscription.close();
      await log.close();
    },
  };
}
