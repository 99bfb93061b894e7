import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import type { SubscriptionListener } from '../port.ts';
import type { PostgresEventLogLimits } from './limits.ts';
import type { Claim } from './membership.ts';
import { nameOf, type OwnedPartition, type OwnedPartitions } from './owned-partitions.ts';

export interface AssignmentOptions {
  owned: OwnedPartitions;
  listener: Pick<SubscriptionListener, 'onRevoking'>;
  limits: PostgresEventLogLimits;
  logger: Logger;
  /** Tells the group that these are free. */
  release(partitions: readonly OwnedPartition[]): Promise<void>;
  /** There are partitions to read that were not there before. */
  onGained(): void;
}

/** Follows what the database says: takes up what was claimed, gives up what exceeds the share, drops what was lost. */
export class Assignment {
  readonly #options: AssignmentOptions;
  readonly #pending = new Set<Promise<void>>();

  constructor(options: AssignmentOptions) {
    this.#options = options;
  }

  follow({ claims, giveUp }: { claims: readonly Claim[]; giveUp: readonly number[] }) {
    const { owned, onGained } = this.#options;
    const claimed = new Map(claims.map((claim) => [claim.partitionId, claim]));
    this.lose(owned.all().filter(({ partitionId, epoch }) => claimed.get(partitionId)?.epoch !== epoch));
    const gained = claims.filter(({ partitionId }) => owned.byId(partitionId) === undefined);
    for (const claim of gained) owned.add(claim);
    if (gained.length > 0) onGained();
    const excess = giveUp.flatMap((id) => owned.byId(id) ?? []).filter(({ revoking }) => !revoking);
    if (excess.length > 0) this.#track(this.#giveUp(excess));
  }

  /** Another member has them, or may have: nothing can be committed any more. */
  lose(partitions: readonly OwnedPartition[]) {
    const lost = partitions.filter((partition) => this.#options.owned.has(partition));
    if (lost.length === 0) return;
    this.#options.logger.warn({ partitions: lost.map(nameOf) }, 'partitions were lost to another member of the group');
    for (const partition of lost) this.#options.owned.remove(partition);
    if (lost.some(({ revoking }) => !revoking)) this.#track(this.#drain(lost.filter(({ revoking }) => !revoking)));
  }

  /** Resolves when everything is drained. Nothing is released: the member leaves with it. */
  async drainAll(): Promise<void> {
    const partitions = this.#options.owned.all().filter(({ revoking }) => !revoking);
    if (partitions.length > 0) this.#track(this.#drain(partitions));
    await Promise.all(this.#pending);
  }

  async #giveUp(partitions: readonly OwnedPartition[]): Promise<void> {
    await this.#drain(partitions);
    const ours = partitions.filter((partition) => this.#options.owned.has(partition));
    if (ours.length > 0) await this.#options.release(ours);
  }

  /** Lets the listener finish what is in flight, within the deadline. */
  async #drain(partitions: readonly OwnedPartition[]): Promise<void> {
    const { listener, limits, logger } = this.#options;
    for (const partition of partitions) partition.revoking = true;
    const names = partitions.map(nameOf);
    const timer = new AbortController();
    const late = sleep(limits.revokeTimeoutMs, 'late' as const, { signal: timer.signal }).catch(() => undefined);
    try {
      const outcome = await Promise.race([listener.onRevoking(names), late]);
      if (outcome === 'late') logger.warn({ partitions: names }, 'partitions are given up with work in flight');
    } catch (err) {
      logger.error({ err }, 'work in flight could not be finished before its partitions were given up');
    } finally {
      timer.abort();
    }
  }

  #track(work: Promise<void>) {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}
