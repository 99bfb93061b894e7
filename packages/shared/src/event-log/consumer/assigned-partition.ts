import type { StoredRecord, TopicPartition } from '../port.ts';
import { OffsetTracker, type TrackedOffset } from './offset-tracker.ts';
import type { TopicRole } from './topic-roles.ts';

/** A partition from the first record that this member is given of it until it is given up. */
export class AssignedPartition<W extends TrackedOffset> {
  readonly at: TopicPartition;
  readonly role: TopicRole;
  readonly offsets: OffsetTracker<W>;
  /** Everything below is committed, or was before this member had the partition. */
  committed: bigint;
  /** Under way; never two at a time. */
  commit: Promise<void> | undefined = undefined;
  /** What the log was told last; undefined when nobody knows. */
  paused: boolean | undefined = undefined;
  /** Records in memory that are not due yet. */
  delayed = 0;
  /** Being given up: nothing more is started. */
  draining = false;
  /** What arrived while it was being given up: it was lost, and has come back before that was over. */
  readonly late: (readonly StoredRecord[])[] = [];
  readonly #ended = new AbortController();
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(at: TopicPartition, role: TopicRole, firstOffset: bigint) {
    this.at = at;
    this.role = role;
    this.offsets = new OffsetTracker(firstOffset);
    this.committed = firstOffset;
  }

  /** Aborted when the partition is not this member's any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  end() {
    this.draining = true;
    this.#ended.abort();
  }

  started() {
    this.#running += 1;
  }

  stopped() {
    this.#running -= 1;
    if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Resolves when no record of this partition is being worked on. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
