import type { TopicPartition } from '../port.ts';
import type { Claim } from './membership.ts';

/** A partition from its claim until it is given up or lost. */
export interface OwnedPartition extends Claim {
  /** Nothing is handed over. */
  paused: boolean;
  /** There may be records that were not read. */
  unread: boolean;
  /** Being given up: nothing more is handed over, and commits still count. */
  revoking: boolean;
}

/** The partitions that a member has. */
export class OwnedPartitions {
  readonly #byId = new Map<number, OwnedPartition>();

  add(claim: Claim) {
    this.#byId.set(claim.partitionId, { ...claim, paused: false, unread: true, revoking: false });
  }

  /** Unless it has been claimed anew since. */
  remove(partition: OwnedPartition) {
    if (this.has(partition)) this.#byId.delete(partition.partitionId);
  }

  has(partition: OwnedPartition): boolean {
    return this.#byId.get(partition.partitionId) === partition;
  }

  byId(partitionId: number): OwnedPartition | undefined {
    return this.#byId.get(partitionId);
  }

  find({ topic, partition }: TopicPartition): OwnedPartition | undefined {
    return this.all().find((owned) => owned.topic === topic && owned.number === partition);
  }

  all(): OwnedPartition[] {
    return [...this.#byId.values()];
  }

  /** Those that are worth a read now. */
  readable(): OwnedPartition[] {
    return this.all().filter(({ unread, paused, revoking }) => unread && !paused && !revoking);
  }

  /** @param partitionIds undefined means all */
  markUnread(partitionIds: readonly number[] | undefined) {
    for (const id of partitionIds ?? this.#byId.keys()) {
      const partition = this.#byId.get(id);
      if (partition) partition.unread = true;
    }
  }
}

export const nameOf = ({ topic, number }: OwnedPartition): TopicPartition => ({ topic, partition: number });
