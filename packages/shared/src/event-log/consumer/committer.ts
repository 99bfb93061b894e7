import type { Logger } from '../../telemetry/logger.ts';
import { reasonOf } from '../failure-policy.ts';
import { PartitionLostError, type Subscription } from '../port.ts';
import type { AssignedPartition } from './assigned-partition.ts';
import type { Work } from './work.ts';

export interface CommitterOptions {
  logger: Logger;
  /** The partition belongs to another member. */
  onLost(partition: AssignedPartition<Work>): void;
}

/** Commits what is done, now and then: one commit a partition at a time, whatever number of records it covers. */
export class Committer {
  readonly #options: CommitterOptions;
  #subscription: Pick<Subscription, 'commit'> | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  attach(subscription: Pick<Subscription, 'commit'>) {
    this.#subscription = subscription;
  }

  /** Starts a commit for each partition that has something to commit and no commit under way. */
  start(partitions: Iterable<AssignedPartition<Work>>) {
    for (const partition of partitions) {
      if (!partition.commit && partition.offsets.nextOffset > partition.committed) void this.#begin(partition);
    }
  }

  /** Resolves when everything done so far is committed, or the commit has failed. */
  async finish(partition: AssignedPartition<Work>): Promise<void> {
    await partition.commit;
    await this.#begin(partition);
  }

  #begin(partition: AssignedPartition<Work>): Promise<void> {
    partition.commit = this.#commit(partition).finally(() => {
      partition.commit = undefined;
    });
    return partition.commit;
  }

  async #commit(partition: AssignedPartition<Work>): Promise<void> {
    const { nextOffset } = partition.offsets;
    if (!this.#subscription || nextOffset <= partition.committed) return;
    try {
      await this.#subscription.commit(partition.at, nextOffset);
      partition.committed = nextOffset;
    } catch (error) {
      if (error instanceof PartitionLostError) return this.#options.onLost(partition);
      // What is not committed is read again at worst, and the next turn tries again.
      const fields = { ...partition.at, offset: String(nextOffset), reason: reasonOf(error) };
      this.#options.logger.warn(fields, 'a commit failed');
    }
  }
}
