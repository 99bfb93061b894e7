import { openEventLog } from '@onrecord/shared/event-log/open';
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
  const logger = createLogger({ service: 'kill-points', level: 'silent' });
  const log = await openEventLog({ url, clientId: 'kill-points', logger, partitions: 1, retentionMs: 7 * 86_400_000 });
  opened.defer(() => log.close());
  const reader = await Reader.join(log, { group: 'kill-points', topics: [TOPICS.media] });
  opened.defer(() => reader.subscription.close());
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  opened.defer(() => database.end());
  const stack = opened.move();
  return {
    url,
    publish: (event) => log.append([toRecord(event)]),
    eventsOf: (callSid) =>
      reader.records.map(fromRecord).filter(({ data }) => 'callSid' in data && data.callSid === callSid),
    isCommitted: async () => (await database.query(COMMITTED)).rowCount === 1,
    close: () => stack.disposeAsync(),
  };
}
