import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventLog,
  PartitionLostError,
  type StoredRecord,
  type Subscription,
  type SubscriptionListener,
  type TopicSpec,
} from '@onrecord/shared/event-log/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { type Watermark, watermarkSchema } from '../domain/watermark.ts';
import type { Duty } from './reconciler.ts';

/** Ingest's own notes: one record for each place that a watermark reached, keyed by account. */
const TOPIC = 'onrecord.reconciler';

export interface WatermarkLogOptions {
  log: EventLog;
  accountSid: string;
  /** What the other topics have, too. */
  topic: Omit<TopicSpec, 'name' | 'partitions'>;
  /** Works until the signal of its duty is aborted; must not throw. */
  work(duty: Duty): Promise<void>;
  /** Before the log is tried again after a failure, in milliseconds. */
  retryMs: number;
  logger: Logger;
}

/**
 * Lets one of all instances work at a time, with the watermark of whoever worked before. The topic has one partition, so a consumer
 * group elects who works; and the group never commits past the newest watermark, so that this is the first thing that whoever comes
 * next reads. Whatever fails here is logged and tried again: callbacks do not depend on it.
 */
export function followWatermark(options: WatermarkLogOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const { signal } = closing;
  const { logger, retryMs } = options;
  const run = async () => {
    while (!signal.aborted) {
      await follow(options, signal).catch((err) =>
        logger.warn({ err }, 'the reconciler cannot use the event log; trying again later'),
      );
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Until closed, or until the subscription cannot continue. */
async function follow({ log, accountSid, topic, work, logger }: WatermarkLogOptions, signal: AbortSignal) {
  const ended = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  // It can fail before anybody waits for it.
  ended.promise.catch(() => undefined);
  await log.ensureTopics([{ ...topic, name: TOPIC, partitions: 1 }]);
  const append = (watermark: Watermark) =>
    log.append([{ topic: TOPIC, key: accountSid, value: Buffer.from(JSON.stringify(watermark)), headers: {} }]);
  const turn = new Turn(append, work);
  let subscription: Subscription | undefined;
  const listener: SubscriptionListener = {
    onRecords: (records) => {
      const newest = turn.onRecords(records.filter(({ key }) => key === accountSid));
      if (newest === undefined) return;
      subscription?.commit(newest, newest.offset).catch((err) => {
        if (!(err instanceof PartitionLostError)) logger.debug({ err }, 'a watermark was not committed');
      });
    },
    onRevoking: () => turn.end(),
    onFailure: ended.reject,
  };
  // Says nothing about where it is: in an empty topic, it is what tells its reader that it is the one.
  await append({});
  subscription = await log.subscribe({ group: `${TOPIC}.${accountSid}`, topics: [TOPIC], listener });
  try {
    await ended.promise;
  } finally {
    await turn.end();
    await subscription.close();
  }
}

/** The time in which the partition is this instance's. */
class Turn {
  readonly #append: (watermark: Watermark) => Promise<void>;
  readonly #work: (duty: Duty) => Promise<void>;
  #watermark: Watermark = {};
  /** Whoever works knows best: what comes back of its own notes says nothing new. */
  #hasReached = false;
  #current: { stop: AbortController; done: Promise<void> } | undefined;

  constructor(append: (watermark: Watermark) => Promise<void>, work: (duty: Duty) => Promise<void>) {
    this.#append = append;
    this.#work = work;
  }

  /** Records come to whoever has the partition. @returns the newest one that says where the watermark is */
  onRecords(records: readonly StoredRecord[]): StoredRecord | undefined {
    let newest: StoredRecord | undefined;
    for (const record of records) {
      const watermark = readWatermark(record.value);
      if (!this.#hasReached) this.#watermark = { ...this.#watermark, ...watermark };
      if (Object.keys(watermark).length > 0) newest = record;
    }
    if (records.length > 0) this.#current ??= this.#begin();
    return newest;
  }

  async end(): Promise<void> {
    const ending = this.#current;
    this.#current = undefined;
    this.#hasReached = false;
    ending?.stop.abort();
    await ending?.done;
  }

  #begin() {
    const stop = new AbortController();
    const duty: Duty = {
      watermark: () => this.#watermark,
      reach: async (reached) => {
        this.#hasReached = !stop.signal.aborted;
        const watermark = { ...this.#watermark, ...reached };
        await this.#append(watermark);
        this.#watermark = watermark;
      },
      signal: stop.signal,
    };
    return { stop, done: this.#work(duty) };
  }
}

/** What cannot be read says nothing: the next look is larger then, and nothing is lost by that. */
function readWatermark(value: Uint8Array): Watermark {
  try {
    return watermarkSchema.parse(JSON.parse(Buffer.from(value).toString('utf8')));
  } catch {
    return {};
  }
}
