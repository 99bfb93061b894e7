import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createRetentionMetrics } from './metrics.ts';

const backlog = { states: { waiting: 2, deleting: 1 }, overdueSeconds: 7, openSeconds: 9 };

// An outage of the database took every metric with it: the alert on the outage saw no more than a scrape that failed.
test('while the ledger cannot be read, its numbers are left out and all others stay', async () => {
  const registry = new Registry();
  let isAway = false;
  const metrics = createRetentionMetrics(registry, async () => {
    if (isAway) throw new Error('the database is away');
    return backlog;
  });
  metrics.decided('cleared');
  const known = await registry.metrics();
  expect(known).toContain('onrecord_ledger_readable 1');
  expect(known).toContain('onrecord_recordings{state="waiting"} 2');
  expect(known).toContain('onrecord_sweep_overdue_seconds 7');
  expect(known).toContain('onrecord_deletion_open_seconds 9');

  isAway = true;
  const unknown = await registry.metrics();
  expect(unknown).toContain('onrecord_ledger_readable 0');
  expect(unknown).toContain('onrecord_decisions_total{outcome="cleared"} 1');
  expect(unknown).not.toMatch(/^onrecord_(recordings|sweep_overdue_seconds)[{ ]/m);

  isAway = false;
  expect(await registry.metrics()).toContain('onrecord_sweep_overdue_seconds 7');
});
