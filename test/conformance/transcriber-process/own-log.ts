import { openEventLog } from '@onrecord/shared/event-log/open';
import type { LogRecord } from '@onrecord/shared/event-log/port';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { fromRecord, toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import pg from 'pg';

import { createDatabase } from '../../servers/postgres.ts';
import { Reader } from '../event-log-support.ts';

/** An event log that one transcriber has for itself, from the side of those who publish to it and hear of it. */
export interface OwnLog {
  url: string;
  publish(event: OnrecordEvent): Promise<void>;
  /** What the transcriber published about the recording of a call. */
  eventsOf(callSid: string): OnrecordEvent[];
  /** Its decisions that wait to be tried again after 5 s, by their headers. */
  retries(): LogRecord['headers'][];
  /** Whether the transcriber is done with everything that was published. */
  isCommitted(): Promise<boolean>;
  close(): Promise<void>;
}

const COMMITTED = `
  SELECT FROM event_log.claims AS c JOIN event_log.partitions AS p ON p.id = c.partition_id
  WHERE c.group_name = 'transcriber' AND p.topic = '${TOPICS.decisions}' AND c.next_offset = p.next_offset`;

export async function openOwnLog(postgresUrl: string): Promise<OwnLog> {
  await using opened = new AsyncDisposableStack();
  const { url, drop } = await createDatabase(postgresUrl);
  opened.defer(drop);
  const logger = createLogger({ service: 'test', level: 'silent' });
  const log = await openEventLog({ url, clientId: 'test', logger, partitions: 1, retentionMs: 7 * 86_400_000 });
  opened.defer(() => log.close());
  const read = async (topic: string) => {
    const reader = await Reader.join(log, { group: `test ${topic}`, topics: [topic] });
    opened.defer(() => reader.subscription.close());
    return reader;
  };
  const [media, retried] = [await read(TOPICS.media), await read(`${TOPICS.decisions}.retry.5s`)];
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  opened.defer(() => database.end());
  const stack = opened.move();
  return {
    url,
    publish: (event) => log.append([toRecord(event)]),
    eventsOf: (callSid) =>
      media.records.map(fromRecord).filter(({ data }) => 'callSid' in data && data.callSid === callSid),
    retries: () => retried.records.map(({ headers }) => headers),
    isCommitted: async () => (await database.query(COMMITTED)).rowCount === 1,
    close: () => stack.disposeAsync(),
  };
}
