import { describe, expect, it } from 'vitest';
import { BATCH_BYTES_MAX } from './batches.ts';
import { type ActualTopic, differences, impossibilities, onCluster } from './topic-differences.ts';

const three = { alive: 3, size: 3, allowSingleCopy: false };
const wanted = { name: 't', partitions: 12, replicationFactor: 3, minInSyncReplicas: 2, retentionMs: 1_000 };
const config = {
  'min.insync.replicas': '2',
  'retention.ms': '1000',
  'cleanup.policy': 'delete',
  'max.message.bytes': String(BATCH_BYTES_MAX),
};
const actual = (
  changes: Partial<Omit<ActualTopic, 'config'>> & { config?: Record<string, string> } = {},
): ActualTopic => ({
  name: 't',
  partitions: 12,
  replicationFactor: 3,
  ...changes,
  config: new Map(Object.entries({ ...config, ...changes.config })),
});

describe('copies that nobody asked for', () => {
  it.each([
    [1, 1, 1],
    [2, 2, 1],
    [3, 3, 2],
    [7, 3, 2],
  ])('on %i broker(s) are %i, of which %i confirm', (brokers, replicationFactor, minInSyncReplicas) => {
    const { replicationFactor: _, minInSyncReplicas: __, ...spec } = wanted;
    expect(onCluster(spec, brokers)).toEqual({ ...spec, replicationFactor, minInSyncReplicas });
  });

  it('are fewer confirming ones than copies, also when the copies were asked for', () => {
    expect(onCluster({ ...wanted, replicationFactor: 2, minInSyncReplicas: undefined }, 5).minInSyncReplicas).toBe(1);
  });
});

describe('a cluster of three or more brokers', () => {
  it.each([
    [1, 1],
    [3, 1],
  ])(
    'is refused with %i copies of which %i must confirm, and it is said how to allow it',
    (replicationFactor, minInSyncReplicas) => {
      const topic = { ...wanted, replicationFactor, minInSyncReplicas };
      expect(impossibilities(topic, three)).toEqual([
        expect.stringMatching(/one of 3 brokers.*EVENTS_ALLOW_SINGLE_COPY=true/),
      ]);
      expect(impossibilities(topic, { ...three, allowSingleCopy: true })).toEqual([]);
      expect(impossibilities(topic, { ...three, alive: 2, size: 2 }).join()).not.toContain('SINGLE_COPY');
    },
  );

  // The first start of a service once made topics with one copy because two of the three brokers were still starting.
  it('of which one answers is no cluster of one', () => {
    const { replicationFactor: _, minInSyncReplicas: __, ...spec } = wanted;
    expect(impossibilities(onCluster(spec, 3), { ...three, alive: 1 })).toEqual([
      expect.stringMatching(/3 copies are wanted and 1 broker\(s\) answer: start more brokers/),
    ]);
  });

  it('may not let a broker lead that lacks events', () => {
    const unclean = actual({ config: { 'unclean.leader.election.enable': 'true' } });
    expect(differences(wanted, unclean, three)).toEqual([
      expect.stringContaining('unclean.leader.election.enable=false'),
    ]);
  });

  it('is refused for what a topic has, whatever is wanted', () => {
    const found = differences(
      { ...wanted, minInSyncReplicas: 1 },
      actual({ config: { 'min.insync.replicas': '1' } }),
      three,
    );
    expect(found).toEqual([expect.stringContaining('EVENTS_ALLOW_SINGLE_COPY=true')]);
  });

  it('is fine with two confirming copies', () => {
    expect(impossibilities(wanted, three)).toEqual([]);
    expect(differences(wanted, actual(), three)).toEqual([]);
  });
});

it('names what is impossible', () => {
  expect(impossibilities(wanted, { alive: 1, size: 1, allowSingleCopy: false })).toEqual([
    expect.stringContaining('3 copies are wanted and 1 broker(s) answer'),
  ]);
  expect(impossibilities({ ...wanted, minInSyncReplicas: 4 }, three)).toEqual([
    expect.stringContaining('4 copies must confirm and there are only 3'),
  ]);
});

it('says what adding partitions would do, and only where they are missing', () => {
  expect(differences(wanted, actual({ partitions: 6 }), three)).toEqual([
    expect.stringMatching(/has 6 partition.*12 are wanted.*keys then move/),
  ]);
  expect(differences(wanted, actual({ partitions: 24 }), three)).toEqual([
    expect.not.stringContaining('keys then move'),
  ]);
});

it('accepts more copies than were asked for', () => {
  expect(differences({ ...wanted, replicationFactor: 2, minInSyncReplicas: 1 }, actual(), three)).toEqual([]);
});

it.each([
  [{ replicationFactor: 2 }, /2 copy\(ies\) and 3 are wanted/],
  [{ config: { 'min.insync.replicas': '4' } }, /4 copies must confirm and it has only 3/],
  [{ config: { 'retention.ms': '5' } }, /for 5 ms and 1000 ms are wanted: run kafka-configs .* retention.ms=1000/],
  [{ config: { 'retention.ms': '-1' } }, /for ever/],
  [{ config: { 'cleanup.policy': 'compact,delete' } }, /drops all events of a key but the last/],
  [{ config: { 'max.message.bytes': '1000' } }, /at most 1000 bytes/],
])('names %o with its remedy', (changes, message) => {
  expect(differences(wanted, actual(changes), three)).toEqual([expect.stringMatching(message)]);
});
