import { Counter, Gauge, type Registry } from 'prom-client';
import { metricsSource } from '../telemetry/metrics-source.ts';
import type { Pool } from './pool.ts';

export interface OutboxMetrics {
  relayed(events: number): void;
  failed(): void;
}

/** @param pool asked for the oldest waiting event whenever the metrics are read */
export function createOutboxMetrics(registry: Registry, pool: Pool): OutboxMetrics {
  const registers = [registry];
  const relayed = new Counter({
    name: 'onrecord_outbox_relayed_total',
    help: 'Events that were published from the outbox.',
    registers,
  });
  const failed = new Counter({
    name: 'onrecord_outbox_failures_total',
    help: 'Attempts to publish from the outbox that failed; they are repeated.',
    registers,
  });
  const oldestAge = metricsSource(() => oldestAgeSeconds(pool));
  new Gauge({
    name: 'onrecord_outbox_oldest_age_seconds',
    help: 'Age of the oldest event that is committed and not published yet; 0 when there is none.',
    registers,
    async collect() {
      const age = await oldestAge();
      if (age === undefined) this.remove();
      else this.set(age);
    },
  });
  return { relayed: (events) => relayed.inc(events), failed: () => failed.inc() };
}

async function oldestAgeSeconds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ age: number }>(
    `SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 AS age FROM messaging.outbox ORDER BY position LIMIT 1`,
  );
  return Math.max(0, rows[0]?.age ?? 0);
}
