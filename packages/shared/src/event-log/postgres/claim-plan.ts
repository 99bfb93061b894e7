import { partitionOf } from './key-hash.ts';

export interface ClaimablePartition {
  id: number;
  topic: string;
  number: number;
  /** The living member that has it. */
  owner?: string | undefined;
}

export interface GroupView {
  /** Living members of the group, ourselves included. */
  members: readonly { id: string; topics: readonly string[] }[];
  /** Of the topics that we read. */
  partitions: readonly ClaimablePartition[];
}

/**
 * What a member should do so that each topic's partitions are shared evenly by the members that read it: claim what is free, and
 * give up what exceeds its share. Every member plans alike from the same view, so the shares add up; a member keeps what it has
 * within its share.
 */
export function planClaims(me: string, { members, partitions }: GroupView): { claim: number[]; giveUp: number[] } {
  const plan = { claim: [] as number[], giveUp: [] as number[] };
  const byNumber = [...partitions].sort((a, b) => a.number - b.number);
  for (const [topic, all] of Map.groupBy(byNumber, (partition) => partition.topic)) {
    const readers = members.filter(({ topics }) => topics.includes(topic)).map(({ id }) => id);
    const share = shareOf(me, readers, topic, all);
    const mine = all.filter(({ owner }) => owner === me);
    const free = all.filter(({ owner }) => owner === undefined);
    plan.claim.push(...free.slice(0, Math.max(0, share - mine.length)).map(({ id }) => id));
    plan.giveUp.push(...mine.slice(share).map(({ id }) => id));
  }
  return plan;
}

/**
 * What cannot be divided stays with those that have it; what nobody has goes to other members in each topic.
 */
function shareOf(me: string, readers: readonly string[], topic: string, all: readonly ClaimablePartition[]): number {
  if (!readers.includes(me)) return 0;
  const first = partitionOf(topic, readers.length);
  const sorted = [...readers].sort();
  const inTurn = [...sorted.slice(first), ...sorted.slice(0, first)];
  const has = (reader: string) => all.filter(({ owner }) => owner === reader).length;
  const byClaim = inTurn.sort((a, b) => has(b) - has(a));
  const remainder = all.length % readers.length;
  return Math.floor(all.length / readers.length) + (byClaim.indexOf(me) < remainder ? 1 : 0);
}
