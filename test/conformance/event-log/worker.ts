import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventLog,
  EventLogUnavailableError,
  PartitionLostError,
  type StoredRecord,
  type Subscription,
  type SubscriptionListener,
  type TopicPartition,
} from '@onrecord/shared/event-log/port';
import { textOf } from '../event-log-support.ts';

/** What all workers of a test have done. A partition's offsets are handled when nothing below a commit is missing. */
export class Ledger {
  readonly handledTexts = new Set<string>();
  readonly problems: string[] = [];
  commits = 0;
  readonly #handled = new Map<string, Set<bigint>>();
  /** Every offset that any worker was given. */
  readonly #known = new Map<string, Set<bigint>>();

  given(records: readonly StoredRecord[]) {
    for (const each of records) setOf(this.#known, each).add(each.offset);
  }

  handled(each: StoredRecord) {
    setOf(this.#handled, each).add(each.offset);
    this.handledTexts.add(textOf(each));
  }

  /** Both logs number the records of these tests without gaps. */
  committing(at: TopicPartition, nextOffset: bigint) {
    const handled = setOf(this.#handled, at);
    for (let offset = 0n; offset < nextOffset; offset += 1n) {
      if (!handled.has(offset)) this.problems.push(`${at.partition}: commit ${nextOffset} passes ${offset}`);
    }
    this.commits += 1;
  }
}

const setOf = (sets: Map<string, Set<bigint>>, { topic, partition }: TopicPartition) => {
  const name = `${topic}/${partition}`;
  const set = sets.get(name) ?? new Set();
  sets.set(name, set);
  return set;
};

/** Handles records concurrently and in any order, and commits below the lowest one that is not done. */
export class Worker implements SubscriptionListener {
  readonly #ledger: Ledger;
  readonly #log: EventLog;
  #subscription: Subscription | undefined;
  /** Of each partition, what was given and is not below a commit. */
  readonly #open = new Map<string, { at: TopicPartition; records: { offset: bigint; done: Promise<boolean> }[] }>();
  #stopping = false;

  private constructor(log: EventLog, ledger: Ledger) {
    this.#log = log;
    this.#ledger = ledger;
  }

  static async start(log: EventLog, { group, topic }: { group: string; topic: string }, ledger: Ledger) {
    const worker = new Worker(log, ledger);
    worker.#subscription = await log.subscribe({ group, topics: [topic], listener: worker });
    void worker.#commitNowAndThen();
    return worker;
  }

  async stop() {
    this.#stopping = true;
    await this.#log.close();
  }

  onRecords(records: readonly StoredRecord[]) {
    this.#ledger.given(records);
    for (const each of records) {
      const name = `${each.topic}/${each.partition}`;
      const open = this.#open.get(name) ?? { at: { topic: each.topic, partition: each.partition }, records: [] };
      this.#open.set(name, open);
      open.records.push({ offset: each.offset, done: this.#handle(each) });
    }
  }

  async onRevoking(partitions: readonly TopicPartition[]) {
    // Some give up without waiting for what is in flight: it has to come again.
    const patient = Math.random() < 0.7;
    for (const { topic, partition } of partitions) {
      const open = this.#open.get(`${topic}/${partition}`);
      this.#open.delete(`${topic}/${partition}`);
      if (!open || !patient) continue;
      await Promise.all(open.records.map(({ done }) => done));
      await this.#commit(open);
    }
  }

  onFailure(error: Error) {
    this.#ledger.problems.push(`failure: ${error.message}`);
  }

  async #handle(each: StoredRecord): Promise<boolean> {
    await sleep(Math.random() * 50);
    this.#ledger.handled(each);
    return true;
  }

  async #commitNowAndThen() {
    while (!this.#stopping) {
      await sleep(Math.random() * 200);
      for (const open of this.#open.values()) await this.#commit(open);
    }
  }

  async #commit(open: { at: TopicPartition; records: { offset: bigint; done: Promise<boolean> }[] }) {
    let next: bigint | undefined;
    while (open.records[0] && (await Promise.race([open.records[0].done, Promise.resolve(false)]))) {
      const [first] = open.records.splice(0, 1);
      if (first) next = first.offset + 1n;
    }
    if (next === undefined) return;
    this.#ledger.committing(open.at, next);
    try {
      await this.#subscription?.commit(open.at, next);
    } catch (error) {
      // Then the records come again, to whoever has the partition.
      if (error instanceof PartitionLostError || error instanceof EventLogUnavailableError) return;
      this.#ledger.problems.push(`commit: ${(error as Error).message}`);
    }
  }
}
