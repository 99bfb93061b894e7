import { expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from './failure-policy.ts';
import { topicSpecs } from './topics.ts';

const options = {
  partitions: 12,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retentionMs: 7 * 24 * 3_600_000,
  retryPolicy: DEFAULT_RETRY_POLICY,
};

it('names every topic once, with its retry topics and its dead letters', () => {
  const specs = topicSpecs(options);
  expect(new Set(specs.map(({ name }) => name)).size).toBe(24);
  expect(specs.filter(({ name }) => name.startsWith('onrecord.decisions')).map(({ name }) => name)).toEqual([
    'onrecord.decisions',
    'onrecord.decisions.retry.5s',
    'onrecord.decisions.retry.1m',
    'onrecord.decisions.retry.10m',
    'onrecord.decisions.retry.1h',
    'onrecord.decisions.dead-letter',
  ]);
  expect(specs.every((spec) => spec.replicationFactor === 3 && spec.minInSyncReplicas === 2)).toBe(true);
});

it('keeps what waits: retries longer than their delay, dead letters at least a month', () => {
  const specs = topicSpecs({ ...options, retentionMs: 60_000 });
  const keptMs = (name: string) => specs.find((spec) => spec.name === name)?.retentionMs;
  expect(keptMs('onrecord.media')).toBe(60_000);
  expect(keptMs('onrecord.media.retry.1h')).toBe(2 * 3_600_000);
  expect(keptMs('onrecord.media.dead-letter')).toBe(30 * 24 * 3_600_000);
});
