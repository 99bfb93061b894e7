import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { type TopicOptions, topicSpecs } from '@onrecord/shared/event-log/topics';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { Gauge, type Registry } from 'prom-client';
import type { Sweep } from './sweeper.ts';

export interface TopicWatch {
  eventLog: Pick<EventLog, 'retentionMs'>;
  clock: () => Date;
  logger: Pick<Logger, 'error'>;
  registry: Registry;
}

/** A topic is altered by people, seldom. It stays so until a person mends it, and is told again after this. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * Looks whether topics still keep events for as long as they were checked for at the start: somebody who alters one would have the
 * ends untrue that erasures name. Changes nothing.
 */
export function watchingTopics(
  { eventLog, clock, logger, registry }: TopicWatch,
  options: Omit<TopicOptions, 'retryPolicy'>,
): Sweep {
  const specs = topicSpecs({ ...options, retryPolicy: DEFAULT_RETRY_POLICY });
  const gauge = new Gauge({
    name: 'onrecord_topics_kept_otherwise',
    help: 'Topics that keep events for another time than EVENTS_RETENTION asks for, at the last look.',
    registers: [registry],
  });
  // Also a look that fails is not repeated sooner: where the log is away, others say so.
  let lookedAt = clock().getTime();
  return async () => {
    const now = clock().getTime();
    if (now - lookedAt < LOOK_AGAIN_MS) return false;
    lookedAt = now;
    const kept = await eventLog.retentionMs(specs.map(({ name }) => name));
    const different = specs.filter(({ name, retentionMs }) => kept.get(name) !== retentionMs);
    gauge.set(different.length);
    for (const { name: topic, retentionMs } of different) {
      const reason = `${inWords(kept.get(topic))}, and ${retentionMs} ms are wanted`;
      const remedy = `set retention.ms=${retentionMs} again, or change EVENTS_RETENTION, alike for all processes`;
      logger.error({ topic, reason, remedy }, 'a topic keeps events for another time than EVENTS_RETENTION asks for');
    }
    return false;
  };
}

function inWords(ms: number | undefined): string {
  if (ms === undefined) return 'it is not there';
  return `it keeps events ${Number.isFinite(ms) ? `for ${ms} ms` : 'for ever'}`;
}
