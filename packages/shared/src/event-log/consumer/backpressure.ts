import type { Subscription, TopicPartition } from '../port.ts';
import type { AssignedPartition } from './assigned-partition.ts';
import type { Work } from './work.ts';

/**
 * Pauses all partitions when the queue is full and resumes them when it is half empty; a partition whose records are not due yet
 * stays paused meanwhile.
 */
export class Backpressure {
  readonly #queueMax: number;
  readonly #partitions: () => Iterable<AssignedPartition<Work>>;
  #subscription: Pick<Subscription, 'pause' | 'resume'> | undefined;
  #full = false;

  constructor(queueMax: number, partitions: () => Iterable<AssignedPartition<Work>>) {
    this.#queueMax = queueMax;
    this.#partitions = partitions;
  }

  /** Records may arrive before the subscription is known; what they asked for is told now. */
  attach(subscription: Pick<Subscription, 'pause' | 'resume'>) {
    this.#subscription = subscription;
    this.#tell(this.#partitions());
  }

  /** @param queued records in memory, without those that are not due */
  update(queued: number) {
    const full = this.#full ? queued > this.#queueMax / 2 : queued >= this.#queueMax;
    if (full === this.#full) return;
    this.#full = full;
    this.#tell(this.#partitions());
  }

  /** A partition got records, or some of its records became due. */
  check(partition: AssignedPartition<Work>) {
    this.#tell([partition]);
  }

  #tell(partitions: Iterable<AssignedPartition<Work>>) {
    if (!this.#subscription) return;
    const pause: TopicPartition[] = [];
    const resume: TopicPartition[] = [];
    for (const partition of partitions) {
      // Of a partition that is being given up nothing is asked for, or it would stay paused when it comes back.
      if (partition.draining && partition.late.length === 0) continue;
      const wanted = partition.draining || this.#full || partition.delayed > 0;
      if (wanted === partition.paused) continue;
      partition.paused = wanted;
      (wanted ? pause : resume).push(partition.at);
    }
    if (pause.length > 0) this.#subscription.pause(pause);
    if (resume.length > 0) this.#subscription.resume(resume);
  }
}
