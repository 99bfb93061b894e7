import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import type { Logger } from '../../telemetry/logger.ts';
import type { SubscribeOptions, Subscription, TopicPartition } from '../port.ts';
import { CLIENT_RETRY, type Client, createClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { isRefusal, isTransient, protocolError, rootCause } from './errors.ts';
import { assignerWithHooks } from './kafkajs-internals.ts';
import { Member } from './member.ts';

/** Within one connection; then the member starts over with a new one. */
const CONSUMER_ATTEMPTS = 8;

/** A member of a group for as long as it is wanted: kafkajs's consumer, and a new one whenever that has given up. */
export class KafkaSubscription implements Subscription {
  readonly #connection: KafkaConnection;
  readonly #options: SubscribeOptions;
  readonly #logger: Logger;
  readonly #member: Member;
  readonly #stopped = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #rejoinDelayMs: number;
  #outageSince: number | undefined;
  #current: { client: Client; consumer: Consumer } | undefined;
  #closing: Promise<void> | undefined;

  constructor(connection: KafkaConnection, options: SubscribeOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#logger = connection.logger.child({ group: options.group });
    const { limits } = connection;
    this.#rejoinDelayMs = limits.rejoinDelayMs;
    this.#member = new Member({
      listener: options.listener,
      limits,
      logger: this.#logger,
      onJoined: () => this.#joined(),
      onBroken: (error) => this.#fail(error),
    });
  }

  /**
   * Resolves when the group has taken the member in, and after `joinTimeoutMs` at the latest: then it goes on trying.
   * @throws Error when trying again cannot help
   */
  async start(): Promise<void> {
    void this.#run();
    const { joinTimeoutMs } = this.#connection.limits;
    const timer = new AbortController();
    const late = sleep(joinTimeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#ready.promise, late]).finally(() => timer.abort());
    if (!this.#isReady) this.#logger.warn({ waitedMs: joinTimeoutMs }, 'still joining the group, in the background');
  }

  pause(partitions: readonly TopicPartition[]) {
    this.#member.generation?.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]) {
    this.#member.generation?.resume(partitions);
  }

  commit(partition: TopicPartition, nextOffset: bigint): Promise<void> {
    return this.#member.commit(partition, nextOffset);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#member.leave();
    const current = this.#current;
    if (current) {
      // Leaving tells the group at once; without it, the group waits for the session timeout.
      const left = current.consumer.disconnect().catch(() => undefined);
      const timer = new AbortController();
      const late = sleep(this.#connection.limits.closeTimeoutMs, undefined, { signal: timer.signal });
      await Promise.race([left, late.catch(() => undefined)]).finally(() => timer.abort());
    }
    this.#stop();
  }

  /** Joins again and again until the member is closed or cannot go on. */
  async #run(): Promise<void> {
    const { rejoinDelayMaxMs, outageMaxMs } = this.#connection.limits;
    while (!this.#stopped.signal.aborted) {
      const error = await this.#consume();
      if (this.#closing || this.#stopped.signal.aborted) return;
      if (!isTransient(error)) return this.#fail(this.#explain(error));
      this.#outageSince ??= performance.now();
      if (performance.now() - this.#outageSince > outageMaxMs) return this.#fail(this.#explain(error));
      const retryAfterMs = this.#rejoinDelayMs;
      this.#rejoinDelayMs = Math.min(2 * retryAfterMs, rejoinDelayMaxMs);
      const { brokers } = this.#connection;
      const fields = { brokers, reason: rootCause(error).message, retryAfterMs };
      this.#logger.warn(fields, 'out of reach of the group; joining again');
      await sleep(retryAfterMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** Consumes with one kafkajs consumer until it gives up. Resolves with the reason. */
  async #consume(): Promise<unknown> {
    const { group, topics, startFrom = 'earliest' } = this.#options;
    // A client of its own: kafkajs keeps the committed offsets of a group with the client, and members would share them.
    const client = createClient(this.#connection);
    const consumer = this.#createConsumer(client, group);
    this.#current = { client, consumer };
    const { promise: crashed, resolve: crash } = Promise.withResolvers<unknown>();
    consumer.on(consumer.events.CRASH, ({ payload }) => crash(payload.error));
    if (startFrom === 'latest') consumer.on(consumer.events.FETCH, () => this.#decideStart());
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: startFrom === 'earliest' });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#member.onBatch(payload),
      });
      return await crashed;
    } catch (error) {
      return error;
    } finally {
      await this.#member.lose();
      client.cut();
      consumer.disconnect().catch(() => undefined);
    }
  }

  #createConsumer({ kafka }: Client, groupId: string): Consumer {
    const { limits } = this.#connection;
    return kafka.consumer({
      groupId,
      partitionAssigners: [assignerWithHooks(this.#member)],
      allowAutoTopicCreation: false,
      sessionTimeout: limits.sessionTimeoutMs,
      heartbeatInterval: limits.heartbeatIntervalMs,
      rebalanceTimeout: limits.rebalanceTimeoutMs,
      maxWaitTimeInMs: limits.fetchWaitMs,
      maxBytes: limits.fetchBytesMax,
      maxBytesPerPartition: limits.partitionBytesMax,
      retry: { ...CLIENT_RETRY, retries: CONSUMER_ATTEMPTS, restartOnFailure: async () => false },
    });
  }

  #joined() {
    this.#outageSince = undefined;
    this.#rejoinDelayMs = this.#connection.limits.rejoinDelayMs;
    if (this.#options.startFrom !== 'latest') this.#becomeReady();
  }

  #decideStart() {
    if (this.#isReady) return;
    const decided = this.#member.generation?.commitStart();
    decided?.then(
      (known) => known && this.#becomeReady(),
      () => undefined,
    );
  }

  #becomeReady() {
    this.#isReady = true;
    this.#ready.resolve();
  }

  #fail(error: Error) {
    if (this.#closing || this.#stopped.signal.aborted) return;
    this.#stop();
    void this.#member.leave();
    if (this.#isReady) this.#options.listener.onFailure(error);
    else this.#ready.reject(error);
  }

  #stop() {
    this.#stopped.abort();
    this.#current?.client.cut();
  }

  #explain(error: unknown): Error {
    const { group, topics } = this.#options;
    if (protocolError(error) === 'UNKNOWN_TOPIC_OR_PARTITION') {
      return new Error(`no such topic among ${topics.join(', ')}; ensureTopics creates what is missing`, {
        cause: error,
      });
    }
    const reason = rootCause(error).message;
    const what = isRefusal(error) ? `Kafka refuses the group "${group}"` : `the group "${group}" cannot go on`;
    return new Error(`${what}: ${reason}`, { cause: error });
  }
}
