import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../postgres/pool.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { PartitionLostError, type SubscribeOptions, type Subscription, type TopicPartition } from '../port.ts';
import { Assignment } from './assignment.ts';
import { Commits } from './commits.ts';
import { Heart } from './heart.ts';
import type { PostgresEventLogLimits } from './limits.ts';
import { beat, leave, type Member, release } from './membership.ts';
import { type OwnedPartition, OwnedPartitions } from './owned-partitions.ts';
import { Reader } from './reader.ts';
import { orUnavailable } from './unavailable.ts';
import type { Sleeper, WakeUps } from './wake-ups.ts';

export interface SubscriptionContext {
  pool: Pool;
  wakeUps: WakeUps;
  limits: PostgresEventLogLimits;
  logger: Logger;
}

/** A member of a group: heartbeats, claims and gives up partitions, and reads those that it has. */
export class PostgresSubscription implements Subscription, Sleeper {
  readonly #context: SubscriptionContext;
  readonly #listener: SubscribeOptions['listener'];
  readonly #member: Member;
  readonly #owned = new OwnedPartitions();
  readonly #commits: Commits;
  readonly #reader: Reader;
  readonly #assignment: Assignment;
  readonly #heart: Heart;
  /** Changes of membership run one after the other, so that each sees what the last one did. */
  #turn: Promise<unknown> = Promise.resolve();
  #sessionPid: number | undefined;
  #closing: Promise<void> | undefined;
  #failed = false;

  constructor(context: SubscriptionContext, { group, topics, startFrom = 'earliest', listener }: SubscribeOptions) {
    const { pool, limits } = context;
    const owned = this.#owned;
    const shared = { pool, limits, owned, logger: context.logger.child({ group }) };
    this.#context = { ...context, logger: shared.logger };
    this.#listener = listener;
    this.#member = { id: randomUUID(), group, topics, startFrom };
    this.#commits = new Commits(pool, this.#member, limits.answerTimeoutMs);
    this.#reader = new Reader({
      ...shared,
      onRecords: (records) => listener.onRecords(records),
      onError: (error) => this.#fail(error),
    });
    this.#assignment = new Assignment({
      ...shared,
      listener,
      release: (partitions) => this.#release(partitions),
      onGained: () => this.#reader.wake(),
    });
    this.#heart = new Heart({ ...shared, beat: () => this.#beat(), onOutage: (error) => this.#fail(error) });
  }

  /** @throws EventLogUnavailableError */
  async join(): Promise<void> {
    const { wakeUps, limits } = this.#context;
    wakeUps.add(this);
    try {
      await orUnavailable(this.#beat(), limits.answerTimeoutMs, 'take in a member of a group');
    } catch (error) {
      void this.close();
      throw error;
    }
    this.#heart.start();
    wakeUps.groupChanged(this.#member.group);
  }

  pause(partitions: readonly TopicPartition[]) {
    for (const partition of partitions) {
      const owned = this.#owned.find(partition);
      if (owned) owned.paused = true;
    }
  }

  resume(partitions: readonly TopicPartition[]) {
    for (const partition of partitions) {
      const owned = this.#owned.find(partition);
      if (owned) owned.paused = false;
    }
    this.#reader.wake();
  }

  async commit(partition: TopicPartition, nextOffset: bigint): Promise<void> {
    const owned = this.#owned.find(partition);
    if (!owned) throw new PartitionLostError(`this member does not have ${partition.topic}/${partition.partition}`);
    try {
      await this.#commits.commit(owned, nextOffset);
    } catch (error) {
      if (error instanceof PartitionLostError) this.#assignment.lose([owned]);
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  onAppended(partitionIds: readonly number[] | undefined) {
    this.#owned.markUnread(partitionIds);
    this.#reader.wake();
  }

  onGroupChanged(group: string) {
    if (group === this.#member.group) this.#heart.hurry();
  }

  onSession(pid: number) {
    this.#sessionPid = pid;
    this.#heart.hurry();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #beat(): Promise<void> {
    return this.#inTurn(async () => {
      const { pool, limits, wakeUps } = this.#context;
      const claiming = this.#closing === undefined;
      const view = await beat(pool, this.#member, { ...limits, sessionPid: this.#sessionPid, claiming });
      if (view.buried > 0) wakeUps.groupChanged(this.#member.group);
      // While closing, everything is being given up already.
      if (this.#closing === undefined) this.#assignment.follow(view);
    });
  }

  /** Tries until it is done: partitions that nobody reads and nobody may claim would wait for ever. */
  async #release(partitions: readonly OwnedPartition[]): Promise<void> {
    const { pool, limits, wakeUps, logger } = this.#context;
    const ids = partitions.map(({ partitionId }) => partitionId);
    while (this.#closing === undefined) {
      try {
        await this.#inTurn(async () => {
          await release(pool, this.#member, ids);
          for (const partition of partitions) this.#owned.remove(partition);
        });
        return wakeUps.groupChanged(this.#member.group);
      } catch (err) {
        logger.warn({ err }, 'partitions could not be released; trying again');
        await sleep(limits.retryDelayMs);
      }
    }
  }

  async #close(): Promise<void> {
    const { pool, limits, wakeUps, logger } = this.#context;
    await this.#reader.close();
    await this.#assignment.drainAll();
    await this.#heart.stop();
    wakeUps.remove(this);
    try {
      await orUnavailable(
        this.#inTurn(() => leave(pool, this.#member)),
        limits.answerTimeoutMs,
        'let a member leave its group',
      );
    } catch (err) {
      logger.warn({ err }, 'the group was not left; its other members wait for the end of the lease');
    }
    wakeUps.groupChanged(this.#member.group);
  }

  #fail(error: Error) {
    if (this.#failed) return;
    this.#failed = true;
    this.#listener.onFailure(error);
    void this.close();
  }
}
