import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { EventLogUnavailableError } from '../event-log/port.ts';
import { type Publisher, PublisherOverloadedError } from '../event-log/publisher.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Doorbell } from './doorbell.ts';
import { HeldBackKeys } from './held-back-keys.ts';
import { startListener } from './listener.ts';
import { deleteFromOutbox, OUTBOX_CHANNEL, type OutboxRow, readOutbox, takeRelayLock } from './outbox-batch.ts';
import { createOutboxMetrics, type OutboxMetrics } from './outbox-metrics.ts';
import type { Client, Pool } from './pool.ts';
import { inTransaction } from './transaction.ts';

export interface OutboxRelayOptions extends Partial<OutboxRelayLimits> {
  pool: Pool;
  publisher: Pick<Publisher, 'publish'>;
  logger: Logger;
  metrics: Registry;
}

interface OutboxRelayLimits {
  /** Events published together. */
  batchMax: number;
  /** How often the outbox is looked at without having been told to, in milliseconds. */
  pollIntervalMs: number;
  /** From the first failure to the next attempt; doubled with each further one up to the second. In milliseconds. */
  retryDelayMs: number;
  retryDelayMaxMs: number;
}

const DEFAULT_LIMITS: OutboxRelayLimits = {
  batchMax: 200,
  pollIntervalMs: 5_000,
  retryDelayMs: 200,
  retryDelayMaxMs: 30_000,
};

export interface OutboxRelay {
  /** Looks at the outbox now. Committing to it does this too, from any process. */
  wake(): void;
  /** Finishes the batch that is on its way. What is left is relayed by the others, or after the next start. */
  close(): Promise<void>;
}

/**
 * Publishes what is committed to the outbox, at least once and in order within a key. Of several relays on one database one works
 * at a time. An event that is refused for a reason of its own holds back its key alone.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const relay = new Relay(options);
  const wake = () => relay.wake();
  const { pool, logger } = options;
  const listener = startListener({ pool, logger, channels: [OUTBOX_CHANNEL], onNotification: wake, onListening: wake });
  const running = relay.run();
  return {
    wake,
    close: async () => {
      relay.close();
      await Promise.all([running, listener.close()]);
    },
  };
}

class Relay {
  readonly #options: OutboxRelayOptions & OutboxRelayLimits;
  readonly #heldBack: HeldBackKeys;
  readonly #metrics: OutboxMetrics;
  readonly #closed = new AbortController();
  readonly #bell = new Doorbell();
  #failures = 0;

  constructor(options: OutboxRelayOptions) {
    this.#options = { ...DEFAULT_LIMITS, ...options };
    const { retryDelayMs: delayMs, retryDelayMaxMs: delayMaxMs } = this.#options;
    this.#heldBack = new HeldBackKeys({ delayMs, delayMaxMs });
    this.#metrics = createOutboxMetrics(options.metrics, options.pool);
  }

  wake() {
    this.#bell.ring();
  }

  close() {
    this.#closed.abort();
    this.wake();
  }

  async run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        const published = await inTransaction(this.#options.pool, (client) => this.#relayBatch(client), {
          attemptsMax: 1,
        });
        this.#failures = 0;
        if (published === 0) await this.#rest();
      } catch (err) {
        this.#metrics.failed();
        this.#options.logger.warn({ err }, 'the outbox could not be relayed; trying again');
        await this.#backOff();
      }
    }
  }

  /** Resolves to how many events were published. */
  async #relayBatch(client: Client): Promise<number> {
    if (!(await takeRelayLock(client))) return 0;
    const rows = await readOutbox(client, this.#heldBack.keysAt(performance.now()), this.#options.batchMax);
    if (rows.length === 0) return 0;
    const published = await this.#publish(rows);
    await deleteFromOutbox(client, published);
    this.#metrics.relayed(published.length);
    return published.length;
  }

  /** @throws what concerns the event log as a whole; what concerns one event is logged and holds back its key */
  async #publish(rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
    try {
      await this.#options.publisher.publish(rows.map(({ event }) => event));
      for (const { key } of rows) this.#heldBack.succeeded(key);
      return rows;
    } catch (error) {
      if (concernsTheLog(error)) throw error;
    }
    const keys = [...Map.groupBy(rows, ({ key }) => key).values()];
    return (await Promise.all(keys.map((rowsOfKey) => this.#publishOneByOne(rowsOfKey)))).flat();
  }

  async #publishOneByOne(rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
    for (const [index, { key, event }] of rows.entries()) {
      try {
        await this.#options.publisher.publish([event]);
        this.#heldBack.succeeded(key);
      } catch (err) {
        // The next batch meets it first of all.
        if (concernsTheLog(err)) return rows.slice(0, index);
        this.#metrics.failed();
        this.#options.logger.error(
          { err, eventId: event.id, type: event.type },
          'an event of the outbox is refused; its key waits',
        );
        this.#heldBack.holdBack(key, performance.now());
        return rows.slice(0, index);
      }
    }
    return rows;
  }

  async #rest() {
    const { pollIntervalMs } = this.#options;
    const untilHeldBack = this.#heldBack.nextIn(performance.now()) ?? pollIntervalMs;
    await this.#bell.wait(Math.min(pollIntervalMs, untilHeldBack + 1));
  }

  /** Not cut short by `wake`: each new event would mean another attempt. */
  async #backOff() {
    const { retryDelayMs, retryDelayMaxMs } = this.#options;
    const delayMs = Math.min(retryDelayMs * 2 ** this.#failures, retryDelayMaxMs);
    this.#failures += 1;
    await sleep(delayMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
  }
}

const concernsTheLog = (error: unknown) =>
  error instanceof EventLogUnavailableError || error instanceof PublisherOverloadedError;
