import { PartitionLostError, type TopicPartition } from '../port.ts';
import { protocolError, unavailable, until } from './errors.ts';
import type { ConsumerGroup, OffsetManager } from './kafkajs-internals.ts';

/** The group has gone on without this member, or without what it knows of the group. */
const FENCED = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID']);

interface Commit {
  at: TopicPartition;
  nextOffset: bigint;
  resolve(): void;
  reject(error: unknown): void;
}

/** What a member was given by one rebalance, until it gives it up for the next. */
export class Generation {
  readonly partitions: readonly TopicPartition[];
  readonly #names: ReadonlySet<string>;
  readonly #group: ConsumerGroup;
  readonly #offsets: OffsetManager;
  readonly #commitTimeoutMs: number;
  /** Settled when they are resumed. */
  readonly #paused = new Map<string, PromiseWithResolvers<void>>();
  #commits: Commit[] = [];
  #ended = false;

  constructor(group: ConsumerGroup, offsets: OffsetManager, commitTimeoutMs: number) {
    this.#group = group;
    this.#offsets = offsets;
    this.#commitTimeoutMs = commitTimeoutMs;
    this.partitions = group
      .assigned()
      .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
    this.#names = new Set(this.partitions.map(nameOf));
    // kafkajs remembers over rebalances what was paused.
    group.resume([...new Set(this.partitions.map(({ topic }) => topic))].map((topic) => ({ topic })));
  }

  /**
   * Whether the batch begins where this generation stands. A fetch that was under way during a rebalance brings records from where the
   * one before stood; to go on behind them would leave out what lies between the committed offset and there.
   */
  expects({ topic, partition, fetchedOffset }: TopicPartition & { fetchedOffset: string }): boolean {
    return this.#owns({ topic, partition }) && this.#offsets.nextOffset(topic, partition).toString() === fetchedOffset;
  }

  pause(partitions: readonly TopicPartition[]) {
    const owned = partitions.filter((at) => this.#owns(at));
    for (const at of owned) {
      if (!this.#paused.has(nameOf(at))) this.#paused.set(nameOf(at), Promise.withResolvers());
    }
    this.#group.pause(owned.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
  }

  resume(partitions: readonly TopicPartition[]) {
    const owned = partitions.filter((at) => this.#owns(at));
    this.#group.resume(owned.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    for (const at of owned) this.#settle(nameOf(at));
  }

  /** Undefined while the partition is not paused; then resolves when it is resumed. */
  resumed(at: TopicPartition): Promise<void> | undefined {
    return this.#paused.get(nameOf(at))?.promise;
  }

  /**
   * @throws PartitionLostError
   * @throws EventLogUnavailableError
   */
  commit(at: TopicPartition, nextOffset: bigint): Promise<void> {
    if (!this.#owns(at)) return Promise.reject(lost(at));
    return new Promise((resolve, reject) => {
      this.#commits.push({ at, nextOffset, resolve, reject });
      // What else is committed in this turn of the event loop goes along.
      if (this.#commits.length === 1) setImmediate(() => void this.#sendCommits());
    });
  }

  /** Where a group without a committed offset begins is decided once. False while kafkajs does not know it yet. */
  async commitStart(): Promise<boolean> {
    const known = this.#offsets.committedOffsets();
    const starts = this.partitions.map((at) => ({ at, offset: known[at.topic]?.[at.partition] }));
    if (starts.some(({ offset }) => offset === undefined)) return false;
    await this.#send(starts.map(({ at, offset }) => ({ at, nextOffset: BigInt(offset ?? 0) })));
    return true;
  }

  end() {
    this.#ended = true;
    for (const name of this.#paused.keys()) this.#settle(name);
  }

  #settle(name: string) {
    this.#paused.get(name)?.resolve();
    this.#paused.delete(name);
  }

  async #sendCommits(): Promise<void> {
    const commits = this.#commits.splice(0);
    try {
      await until(performance.now() + this.#commitTimeoutMs, 'take a commit', this.#send(commits));
      for (const commit of commits) commit.resolve();
    } catch (error) {
      const fenced = FENCED.has(protocolError(error) ?? '');
      for (const { at, reject } of commits) reject(fenced ? lost(at, error) : unavailable('take a commit', error));
    }
  }

  /** With the credentials of this generation, whatever the member has joined since: the broker refuses them when they are outdated. */
  #send(commits: readonly Pick<Commit, 'at' | 'nextOffset'>[]): Promise<void> {
    const topics = new Map<string, { partition: number; offset: string }[]>();
    for (const { at, nextOffset } of commits) {
      const offsets = topics.get(at.topic) ?? [];
      topics.set(at.topic, offsets);
      offsets.push({ partition: at.partition, offset: String(nextOffset) });
    }
    return this.#offsets.commitOffsets({
      topics: Array.from(topics, ([topic, partitions]) => ({ topic, partitions })),
    });
  }

  #owns(at: TopicPartition): boolean {
    return !this.#ended && this.#names.has(nameOf(at));
  }
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

const lost = ({ topic, partition }: TopicPartition, cause?: unknown) =>
  new PartitionLostError(`partition ${partition} of ${topic} belongs to this member no more`, { cause });
