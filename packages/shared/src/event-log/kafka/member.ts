import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import type { Logger } from '../../telemetry/logger.ts';
import { PartitionLostError, type SubscriptionListener, type TopicPartition } from '../port.ts';
import { Generation } from './generation.ts';
import type { ConsumerGroup, JoinHooks } from './kafkajs-internals.ts';
import type { KafkaLimits } from './options.ts';
import { toStoredRecords } from './stored-records.ts';

export interface MemberOptions {
  listener: SubscriptionListener;
  limits: KafkaLimits;
  logger: Logger;
  onJoined(): void;
  /** The listener threw: it is in no state to be given more. */
  onBroken(error: Error): void;
}

/** Stands between kafkajs's consumer and the listener: what is handed over, and what is given up before each rebalance. */
export class Member implements JoinHooks {
  readonly #options: MemberOptions;
  #generation: Generation | undefined;
  #revocation: Promise<void> | undefined;
  #leaving = false;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  /** Returns soon, so that kafkajs goes on fetching and sending heartbeats however long records are worked on. */
  async onBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const last = batch.messages.at(-1);
    if (!last || this.#leaving || this.#revocation) return;
    // kafkajs's type leaves it out.
    const generation = this.#generation;
    if (!generation?.expects(batch as typeof batch & { fetchedOffset: string })) return;
    try {
      this.#options.listener.onRecords(toStoredRecords(batch));
    } catch (error) {
      this.#options.onBroken(error as Error);
      return;
    }
    resolveOffset(last.offset);
    // kafkajs would go on with a fetch from the other partitions, and see what is resumed only after it.
    const resumed = generation.resumed(batch);
    if (resumed) await atMost(this.#options.limits.shortPauseMs, resumed);
  }

  /** The group waits for us meanwhile, as long as it hears of us. */
  async beforeJoin(group: ConsumerGroup): Promise<void> {
    const heartbeats = setInterval(() => beat(group), this.#options.limits.heartbeatIntervalMs);
    try {
      await this.revoke();
    } finally {
      clearInterval(heartbeats);
    }
    if (this.#leaving) throw new LeavingError('the member leaves its group');
  }

  joined(group: ConsumerGroup): void {
    if (this.#leaving || !group.offsetManager) return;
    this.#generation = new Generation(group, group.offsetManager, this.#options.limits.commitTimeoutMs);
    this.#options.logger.debug(
      { count: this.#generation.partitions.length, epoch: group.generationId, member: group.memberId },
      'joined the group',
    );
    this.#options.onJoined();
  }

  /** Gives up all partitions, once, whoever asks for it. */
  revoke(): Promise<void> {
    if (this.#generation) this.#revocation ??= this.#giveUp(this.#generation);
    return this.#revocation ?? Promise.resolve();
  }

  /** The connection to the group is lost: others may have the partitions already. */
  async lose(): Promise<void> {
    this.#generation?.end();
    await this.revoke();
  }

  /** Hands over nothing any more, and does not join again. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.revoke();
  }

  get generation(): Generation | undefined {
    return this.#generation;
  }

  async commit(at: TopicPartition, nextOffset: bigint): Promise<void> {
    if (this.#generation) return this.#generation.commit(at, nextOffset);
    throw new PartitionLostError(
      `this member of the group has no partitions now, and so not ${at.partition} of ${at.topic}`,
    );
  }

  async #giveUp(generation: Generation): Promise<void> {
    const { listener, limits, logger } = this.#options;
    generation.pause(generation.partitions);
    try {
      const revoked =
        generation.partitions.length === 0 ? Promise.resolve() : listener.onRevoking(generation.partitions);
      if (!(await atMost(limits.revokeTimeoutMs, revoked))) {
        logger.warn({ waitedMs: limits.revokeTimeoutMs }, 'partitions are given up with work in flight');
      }
    } catch (err) {
      logger.error({ err }, 'giving up partitions failed; what was not committed is read again');
    }
    generation.end();
    this.#generation = undefined;
    this.#revocation = undefined;
  }
}

/** Whether the work was done in time; it may go on. */
async function atMost(timeoutMs: number, work: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  return Promise.race([work.then(() => true), late]).finally(() => timer.abort());
}

/** kafkajs retries everything that does not say otherwise. */
class LeavingError extends Error {
  override readonly name = 'LeavingError';
  readonly retriable = false;
}

/** Errors say that the group rebalances, which is known, or that it has forgotten us, which joining will show. */
function beat({ coordinator, groupId, memberId, generationId }: ConsumerGroup): void {
  if (!coordinator || memberId === null || generationId === null) return;
  coordinator.heartbeat({ groupId, memberId, groupGenerationId: generationId }).catch(() => undefined);
}
