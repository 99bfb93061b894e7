import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog, Subscription } from '@onrecord/shared/event-log/port';
import { type OnrecordEvent, recordingReported, TOPICS } from '@onrecord/shared/events';
import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { unique } from '../conformance/event-log-support.ts';

/** What the services have in common with it. */
const PARTITIONS = 4;
const RETENTION_MS = 7 * 24 * 3_600_000;

/** Everything that ingest has published for one account, read from the event log itself. */
export class TelephonyLog {
  readonly events: OnrecordEvent[] = [];
  readonly #log: EventLog;
  #subscription: Subscription | undefined;
  #failure: Error | undefined;

  private constructor(log: EventLog) {
    this.#log = log;
  }

  static async open(eventsUrl: string, accountSid: string): Promise<TelephonyLog> {
    const log = await openEventLog({
      url: eventsUrl,
      clientId: 'test',
      logger: createLogger({ service: 'test', level: 'silent' }),
      partitions: PARTITIONS,
      retentionMs: RETENTION_MS,
      replicationFactor: 1,
      minInSyncReplicas: 1,
    });
    const opened = new TelephonyLog(log);
    opened.#subscription = await log.subscribe({
      group: unique('test.telephony'),
      topics: [TOPICS.telephony],
      listener: {
        onRecords: (records) => {
          opened.events.push(...records.map(fromRecord).filter(({ data }) => data.accountSid === accountSid));
        },
        onRevoking: async () => undefined,
        onFailure: (error) => {
          opened.#failure = error;
        },
      },
    });
    return opened;
  }

  /** @throws Error when the log could not be read on */
  ids(): Set<string> {
    if (this.#failure) throw this.#failure;
    return new Set(this.events.map(({ id }) => id));
  }

  /** Of the facts that say that this recording is completed; each as often as it was appended. */
  completedIds(recordingSid: string): string[] {
    return this.events.flatMap(({ id, type, data }) =>
      type === recordingReported.type && data.recordingSid === recordingSid && data.status === 'completed' ? [id] : [],
    );
  }

  async close(): Promise<void> {
    await this.#subscription?.close();
    await this.#log.close();
  }
}
