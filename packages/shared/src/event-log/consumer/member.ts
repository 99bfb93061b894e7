import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import type { StoredRecord, Subscription, SubscriptionListener, TopicPartition } from '../port.ts';
import { AssignedPartition } from './assigned-partition.ts';
import { Backpressure } from './backpressure.ts';
import { Committer } from './committer.ts';
import { DelayedWorks } from './delayed-works.ts';
import type { FailedWork } from './failed-work.ts';
import { type Handler, HandlerRuns } from './handler-runs.ts';
import type { ConsumerMetrics } from './metrics.ts';
import type { TopicRole } from './topic-roles.ts';
import { Work } from './work.ts';

export interface MemberOptions {
  group: string;
  roles: ReadonlyMap<string, TopicRole>;
  handle: Handler;
  concurrency: number;
  handlerTimeoutMs: number;
  handlerGraceMs: number;
  queueMax: number;
  drainTimeoutMs: number;
  failedWork: FailedWork;
  logger: Logger;
  metrics: ConsumerMetrics;
  onFailure(error: Error): void;
}

type Partition = AssignedPartition<Work>;

/** The log's answer to a commit is waited for so long when partitions are given up; then the records are read again. */
const LAST_COMMIT_TIMEOUT_MS = 5_000;

/** So many handlers per place that ignored their deadline and still run are too many: only a new process is rid of them. */
const ABANDONED_PER_PLACE_MAX = 4;

/** One member of a consumer group: takes records in, has them handled, and gives partitions up in order. */
export class ConsumerMember implements SubscriptionListener {
  readonly #options: MemberOptions;
  readonly #partitions = new Map<string, Partition>();
  readonly #runs: HandlerRuns;
  readonly #delayed: DelayedWorks;
  readonly #backpressure: Backpressure;
  readonly #committer: Committer;
  #closing = false;

  constructor(options: MemberOptions) {
    this.#options = options;
    const { metrics, failedWork } = options;
    this.#runs = new HandlerRuns({
      ...options,
      onFailed: (work, error) => failedWork.settle(work, error),
      onEarly: (work) => failedWork.requeue(work),
      onHandled: (work) => metrics.count(work.record.topic, 'handled'),
      onReleased: (work, done) => this.#released(work, done),
    });
    this.#delayed = new DelayedWorks((works) => this.#due(works));
    this.#backpressure = new Backpressure(options.queueMax, () => this.#partitions.values());
    this.#committer = new Committer({ logger: options.logger, onLost: (partition) => this.#lost(partition) });
  }

  attach(subscription: Subscription) {
    this.#backpressure.attach(subscription);
    this.#committer.attach(subscription);
  }

  onRecords(records: readonly StoredRecord[]) {
    const first = records[0];
    if (!first || this.#closing) return;
    const partition = this.#partitionOf(first);
    const now = Date.now();
    if (partition.draining) partition.late.push(records);
    else for (const record of records) this.#accept(record, partition, now);
    this.#backpressure.check(partition);
    this.#advance();
  }

  async onRevoking(revoked: readonly TopicPartition[]) {
    const partitions = revoked.flatMap((at) => this.#partitions.get(nameOf(at)) ?? []);
    await this.#giveUp(partitions);
  }

  onFailure(error: Error) {
    this.#closing = true;
    this.#runs.stop();
    this.#options.onFailure(error);
  }

  /** Finishes what has been started, commits, and starts nothing more. The log may hand over more; it is passed over. */
  async drain() {
    this.#closing = true;
    this.#runs.stop();
    await this.#giveUp([...this.#partitions.values()]);
    this.#delayed.stop();
    await this.#interruptedHandlers();
  }

  /** What happens now and then: deadlines, commits, metrics. */
  tick() {
    const { metrics, concurrency } = this.#options;
    this.#runs.enforceDeadlines(performance.now());
    this.#committer.start(this.#partitions.values());
    metrics.flush({ inFlight: this.#runs.running, queued: this.#runs.waiting, lagSeconds: this.#lag() });
    if (this.#runs.abandoned > ABANDONED_PER_PLACE_MAX * concurrency && !this.#closing) {
      this.onFailure(new Error(`${this.#runs.abandoned} handlers of "${this.#options.group}" ignore their deadline`));
    }
  }

  #partitionOf(record: StoredRecord): Partition {
    const name = nameOf(record);
    const known = this.#partitions.get(name);
    if (known && (known.draining || !known.offsets.precedes(record.offset))) return known;
    // The log went back further than this member knows of: its idea of what is done is worth nothing any more.
    if (known) this.#lost(known);
    const role = this.#options.roles.get(record.topic);
    if (!role) throw new Error(`a record of ${record.topic}, which "${this.#options.group}" does not read`);
    const at = { topic: record.topic, partition: record.partition };
    const partition = new AssignedPartition<Work>(at, role, record.offset);
    this.#partitions.set(name, partition);
    return partition;
  }

  #accept(record: StoredRecord, partition: Partition, now: number) {
    if (partition.offsets.has(record.offset)) return;
    const adopted = this.#runs.adopt(record, partition);
    const work = adopted ?? new Work(record, partition);
    partition.offsets.track(work);
    if (adopted) return;
    const group = work.earlier?.group;
    if (group !== undefined && group !== this.#options.group) {
      work.state = 'finished';
      partition.offsets.finish(work);
      this.#options.metrics.count(record.topic, 'skipped');
    } else if (work.notBefore <= now || !this.#delayed.hold(work, now)) {
      this.#runs.add(work);
    }
  }

  #due(works: readonly Work[]) {
    for (const work of works) {
      this.#runs.add(work);
      this.#backpressure.check(work.partition);
    }
    this.#advance();
  }

  #released(work: Work, done: boolean) {
    if (done) work.partition.offsets.finish(work);
    this.#advance();
  }

  #advance() {
    this.#runs.pump();
    this.#backpressure.update(this.#runs.waiting + this.#runs.running);
  }

  async #giveUp(partitions: readonly Partition[]) {
    for (const partition of partitions) this.#dropWaiting(partition);
    await within(this.#options.drainTimeoutMs, Promise.all(partitions.map((partition) => partition.idle())));
    for (const partition of partitions) this.#end(partition);
    // What has come back meanwhile may have got further elsewhere: its commits are not taken back.
    const gone = partitions.filter(({ at }) => !this.#partitions.has(nameOf(at)));
    await within(LAST_COMMIT_TIMEOUT_MS, Promise.all(gone.map((partition) => this.#committer.finish(partition))));
    this.#advance();
  }

  #lost(partition: Partition) {
    this.#options.logger.warn(partition.at, 'a partition was lost; what was in flight is handled elsewhere');
    this.#dropWaiting(partition);
    this.#end(partition);
  }

  #dropWaiting(partition: Partition) {
    partition.draining = true;
    for (const work of partition.offsets.unfinished()) {
      if (work.state === 'queued') this.#runs.drop(work);
      else if (work.state === 'delayed') this.#delayed.drop(work);
    }
  }

  #end(partition: Partition) {
    partition.end();
    const name = nameOf(partition.at);
    if (this.#partitions.get(name) === partition) this.#partitions.delete(name);
    this.#runs.interrupt(partition, new Error(`the partition ${name} was given up`));
    for (const records of partition.late.splice(0)) this.onRecords(records);
  }

  /** Handlers that were interrupted get a moment to stop, before what they use is closed. */
  async #interruptedHandlers() {
    const deadline = performance.now() + this.#options.handlerGraceMs;
    while (this.#runs.running > 0 && performance.now() < deadline) await sleep(10);
  }

  #lag(): ReadonlyMap<string, number> {
    const mainTopics = [...this.#options.roles.values()].filter(({ delayMs }) => delayMs === 0);
    const seconds = new Map(mainTopics.map(({ name }) => [name, 0]));
    const now = Date.now();
    for (const { at, role, offsets } of this.#partitions.values()) {
      if (role.delayMs > 0) continue;
      const oldest = offsets.oldestUnfinished?.record.appendedAt.getTime() ?? now;
      seconds.set(at.topic, Math.max(seconds.get(at.topic) ?? 0, (now - oldest) / 1_000));
    }
    return seconds;
  }
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** Resolves when the work is done, or when the time is over; the timer does not outlive it. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const timeout = sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([work, timeout]);
  timer.abort();
}
