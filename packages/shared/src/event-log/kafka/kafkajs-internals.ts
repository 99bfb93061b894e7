/**
 * Where kafkajs 2.2.4 is changed from outside: here, in two places, and in `codec/`. Its last release is from 2023 and its version is pinned, so that what is
 * said here about its source stays true.
 */
import { createRequire } from 'node:module';
import kafkajs, { type PartitionAssigner } from 'kafkajs';
import './codec/install.ts';

/** `src/consumer/offsetManager`: belongs to one generation of a group, so that the broker refuses what it sends later. */
export interface OffsetManager {
  /** The position of the next fetch, as a Long. */
  nextOffset(topic: string, partition: number): { toString(): string };
  commitOffsets(offsets: {
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }): Promise<void>;
  /** By topic and partition: committed ones, or where a group without any begins. Loaded by the first fetch of a generation. */
  committedOffsets(): Record<string, Record<number, string | undefined> | undefined>;
}

/** `src/consumer/consumerGroup`: one member of a group, from its first join to its end. */
export interface ConsumerGroup {
  assigners: readonly object[];
  groupId: string;
  memberId: string | null;
  generationId: number | null;
  coordinator: {
    heartbeat(request: { groupId: string; memberId: string; groupGenerationId: number }): Promise<unknown>;
  } | null;
  offsetManager: OffsetManager | null;
  assigned(): { topic: string; partitions: number[] }[];
  pause(partitions: { topic: string; partitions: number[] }[]): void;
  /** Without partitions: all of the topic, whether assigned now or not. */
  resume(partitions: { topic: string; partitions?: number[] }[]): void;
  joinAndSync(): Promise<void>;
}

/** Called before each time a member joins its group, and after it was taken in. */
export interface JoinHooks {
  beforeJoin(group: ConsumerGroup): Promise<void>;
  joined(group: ConsumerGroup): void;
}

const hooksByAssigner = new WeakMap<object, JoinHooks>();

/** kafkajs's round-robin assigner, which also tells the hooks to the member that it belongs to. */
export const assignerWithHooks =
  (hooks: JoinHooks): PartitionAssigner =>
  (config) => {
    const assigner = kafkajs.PartitionAssigners.roundRobin(config);
    hooksByAssigner.set(assigner, hooks);
    return assigner;
  };

const require = createRequire(import.meta.url);

/**
 * A member that must join again gives up its partitions, but kafkajs has no callback that it awaits before it does so; its events
 * are not awaited. And several fetchers of one member can start to join at once: here they share one attempt.
 */
function hookIntoJoin(prototype: ConsumerGroup): void {
  const { joinAndSync } = prototype;
  const joins = new WeakMap<ConsumerGroup, Promise<void>>();
  prototype.joinAndSync = function (this: ConsumerGroup) {
    const hooks = this.assigners.map((assigner) => hooksByAssigner.get(assigner)).find(Boolean);
    if (!hooks) return joinAndSync.call(this);
    const join = async () => {
      await hooks.beforeJoin(this);
      await joinAndSync.call(this);
      hooks.joined(this);
    };
    const running = joins.get(this) ?? join().finally(() => joins.delete(this));
    joins.set(this, running);
    return running;
  };
}

interface RequestQueue {
  pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * A connection without a waiting request checks for one every millisecond, for ever: the delay that it computes is negative, which
 * Node 24 also warns about once (`TimeoutNegativeWarning`; kafkajs#1751, #1768). A request that has to wait starts the check anyway.
 */
function checkOnlyWhenSomethingWaits(prototype: RequestQueue): void {
  const { scheduleCheckPendingRequests } = prototype;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}

hookIntoJoin(require('kafkajs/src/consumer/consumerGroup').prototype);
checkOnlyWhenSomethingWaits(require('kafkajs/src/network/requestQueue').prototype);
