import { setTimeout as sleep } from 'node:timers/promises';
import { Doorbell } from '../../postgres/doorbell.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { PostgresEventLogLimits } from './limits.ts';

export interface HeartOptions {
  beat(): Promise<void>;
  limits: PostgresEventLogLimits;
  logger: Logger;
  /** No beat has succeeded for `outageMaxMs`. */
  onOutage(error: Error): void;
}

/** Beats at an interval, and at once when it is told to. A failed beat is repeated soon. */
export class Heart {
  readonly #options: HeartOptions;
  readonly #bell = new Doorbell();
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #lastBeat = performance.now();

  constructor(options: HeartOptions) {
    this.#options = options;
  }

  start() {
    this.#lastBeat = performance.now();
    this.#running = this.#run();
  }

  /** Something in the group has changed. */
  hurry() {
    this.#bell.ring();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#bell.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#bell.wait(this.#options.limits.heartbeatIntervalMs);
      if (!this.#stopped.signal.aborted) await this.#beat();
    }
  }

  async #beat(): Promise<void> {
    const { limits, logger, onOutage } = this.#options;
    try {
      await this.#options.beat();
      this.#lastBeat = performance.now();
    } catch (err) {
      const outageMs = Math.round(performance.now() - this.#lastBeat);
      logger.warn({ err, durationMs: outageMs }, 'the event log does not take a heartbeat; trying again');
      if (outageMs > limits.outageMaxMs) {
        onOutage(new Error(`the event log has been out of reach for ${outageMs} ms`, { cause: err }));
        this.#stopped.abort();
      }
      await sleep(limits.retryDelayMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      this.#bell.ring();
    }
  }
}
