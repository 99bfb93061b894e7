import { setTimeout as sleep } from 'node:timers/promises';
import { Doorbell } from '../../postgres/doorbell.ts';
import type { Pool } from '../../postgres/pool.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { StoredRecord } from '../port.ts';
import type { PostgresEventLogLimits } from './limits.ts';
import type { OwnedPartition, OwnedPartitions } from './owned-partitions.ts';
import { type ReadBounds, readRecords } from './read.ts';

export interface ReaderOptions {
  pool: Pool;
  owned: OwnedPartitions;
  limits: PostgresEventLogLimits;
  logger: Logger;
  onRecords(records: readonly StoredRecord[]): void;
  /** `onRecords` threw. */
  onError(error: Error): void;
}

/** Of one partition's values, however many partitions share a read. */
const BYTES_OF_PARTITION_MIN = 64 * 1024;

/** Reads owned partitions that have news and hands the records over, in order within a partition. */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #bell = new Doorbell();
  readonly #closed = new AbortController();
  readonly #running: Promise<void>;
  #nextPoll: number;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#nextPoll = performance.now() + options.limits.pollIntervalMs;
    this.#running = this.#run();
  }

  /** Something about the owned partitions has changed. */
  wake() {
    this.#bell.ring();
  }

  /** Resolves when nothing is handed over any more. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#bell.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.#poll();
      const partitions = this.#options.owned.readable();
      if (partitions.length > 0) await this.#read(partitions);
      else await this.#bell.wait(Math.max(1, this.#nextPoll - performance.now()));
    }
  }

  /** Makes up for notifications that were lost. */
  #poll() {
    const now = performance.now();
    if (now < this.#nextPoll) return;
    this.#options.owned.markUnread(undefined);
    this.#nextPoll = now + this.#options.limits.pollIntervalMs;
  }

  async #read(partitions: readonly OwnedPartition[]): Promise<void> {
    const { pool, limits, logger } = this.#options;
    const bounds = {
      recordsMax: Math.ceil(limits.readRecordsMax / partitions.length),
      bytesMax: Math.max(BYTES_OF_PARTITION_MIN, Math.floor(limits.readBytesMax / partitions.length)),
    };
    // What is appended from here on may not be seen by this read.
    for (const partition of partitions) partition.unread = false;
    try {
      for (const { partitionId, records } of await readRecords(pool, partitions, bounds)) {
        const partition = partitions.find((each) => each.partitionId === partitionId);
        if (partition) this.#handOver(partition, records, bounds);
      }
    } catch (err) {
      for (const partition of partitions) partition.unread = true;
      logger.warn({ err }, 'the event log cannot be read; trying again');
      await sleep(limits.retryDelayMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
  }

  #handOver(partition: OwnedPartition, records: readonly StoredRecord[], bounds: ReadBounds) {
    const last = records.at(-1);
    const { owned, onRecords, onError } = this.#options;
    if (!last || partition.revoking || !owned.has(partition) || this.#closed.signal.aborted) return;
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
    partition.unread ||= records.length >= bounds.recordsMax || bytes >= bounds.bytesMax;
    partition.nextOffset = last.offset + 1n;
    try {
      onRecords(records);
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
