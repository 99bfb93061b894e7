import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClaimablePartition, planClaims } from './claim-plan.ts';

const partitionsOf = (topic: string, count: number, firstId = 0): ClaimablePartition[] =>
  Array.from({ length: count }, (_, number) => ({ id: firstId + number, topic, number }));

/** Lets members act one after the other, as the database makes them, until nobody has anything to do. */
function settle(members: readonly string[], partitions: ClaimablePartition[], turnsMax = 100) {
  const view = { members: members.map((id) => ({ id, topics: ['a', 'b', 'c'] })), partitions };
  for (let turn = 0; turn < turnsMax; turn += 1) {
    let moves = 0;
    for (const me of members) {
      const { claim, giveUp } = planClaims(me, view);
      moves += claim.length + giveUp.length;
      for (const partition of partitions) {
        if (claim.includes(partition.id)) partition.owner = me;
        if (giveUp.includes(partition.id)) partition.owner = undefined;
      }
    }
    if (moves === 0) return;
  }
  throw new Error('the members never come to rest');
}

const countBy = (partitions: readonly ClaimablePartition[], member: string, topic: string) =>
  partitions.filter((partition) => partition.topic === topic && partition.owner === member).length;

describe('sharing partitions', () => {
  test('a single member takes all', () => {
    const partitions = partitionsOf('a', 3);
    expect(planClaims('m', { members: [{ id: 'm', topics: ['a'] }], partitions }).claim).toEqual([0, 1, 2]);
  });

  test('a member that does not read a topic gets none of it', () => {
    const members = [
      { id: 'm', topics: ['b'] },
      { id: 'n', topics: ['a'] },
    ];
    expect(planClaims('m', { members, partitions: partitionsOf('a', 3) }).claim).toEqual([]);
    expect(planClaims('n', { members, partitions: partitionsOf('a', 3) }).claim).toEqual([0, 1, 2]);
  });

  test('a second member is given half, and the first keeps the rest', () => {
    const partitions = partitionsOf('a', 4).map((partition) => ({ ...partition, owner: 'm' }));
    const members = ['m', 'n'].map((id) => ({ id, topics: ['a'] }));
    expect(planClaims('m', { members, partitions })).toEqual({ claim: [], giveUp: [2, 3] });
    expect(planClaims('n', { members, partitions })).toEqual({ claim: [], giveUp: [] });
  });

  test('a member that joins does not take the only partition from the one that reads it', () => {
    for (const [owner, newcomer] of [
      ['m', 'n'],
      ['n', 'm'],
    ] as const) {
      const members = ['m', 'n'].map((id) => ({ id, topics: ['a'] }));
      const partitions = partitionsOf('a', 1).map((partition) => ({ ...partition, owner }));
      expect(planClaims(owner, { members, partitions }).giveUp).toEqual([]);
      expect(planClaims(newcomer, { members, partitions }).claim).toEqual([]);
    }
  });

  test('whoever joins, leaves or dies in whatever order: all is read, evenly, and then nothing moves', () => {
    const names = fc.uniqueArray(fc.constantFrom<string>('m', 'n', 'o', 'p', 'q'), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(names, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 13 }),
        (generations, count) => {
          const partitions = [...partitionsOf('a', count), ...partitionsOf('b', 5, 100), ...partitionsOf('c', 1, 200)];
          for (const members of generations) {
            for (const partition of partitions)
              if (!members.includes(partition.owner ?? '')) partition.owner = undefined;
            settle(members, partitions);
            for (const [topic, size] of [
              ['a', count],
              ['b', 5],
              ['c', 1],
            ] as const) {
              const counts = members.map((member) => countBy(partitions, member, topic));
              expect(counts.reduce((sum, each) => sum + each, 0)).toBe(size);
              expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
    );
  });
});
