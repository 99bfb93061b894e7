import { metricsSource } from '@onrecord/shared/telemetry/metrics-source';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface RetentionMetrics {
  decided(outcome: string): void;
  attemptedDeletion(status: string): void;
}

/** What stands still, read from the ledger at each scrape. */
export interface Backlog {
  /** Recordings by state, for the states that somebody or something has to end. */
  states: Readonly<Record<string, number>>;
  /** How long the most overdue review, deletion, erasure, removal or attempt has been due, in seconds; 0 where nothing is. */
  overdueSeconds: number;
  /** How long the oldest deletion that has begun and is not completed has been open, in seconds; 0 where there is none. */
  openSeconds: number;
}

export function createRetentionMetrics(registry: Registry, backlog: () => Promise<Backlog>): RetentionMetrics {
  const decisions = new Counter({
    name: 'onrecord_decisions_total',
    help: 'Decisions on recordings by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const deletions = new Counter({
    name: 'onrecord_deletion_attempts_total',
    help: 'Attempts at deletions by what came of them: done, partial or failing.',
    labelNames: ['status'],
    registers: [registry],
  });
  const source = metricsSource(backlog);
  new Gauge({
    name: 'onrecord_ledger_readable',
    help: '1 when the ledger could be read for this scrape; with 0, what is read from it is left out.',
    registers: [registry],
    async collect() {
      this.set((await source()) === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'onrecord_sweep_overdue_seconds',
    help: 'How long the most overdue review, deletion, erasure or removal has been due.',
    registers: [registry],
    async collect() {
      const known = await source();
      if (known === undefined) this.remove();
      else this.set(known.overdueSeconds);
    },
  });
  new Gauge({
    name: 'onrecord_deletion_open_seconds',
    help: 'How long the oldest deletion that has begun and is not completed has been open.',
    registers: [registry],
    async collect() {
      const known = await source();
      if (known === undefined) this.remove();
      else this.set(known.openSeconds);
    },
  });
  new Gauge({
    name: 'onrecord_recordings',
    help: 'Recordings that wait for something, by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [state, count] of Object.entries((await source())?.states ?? {})) this.set({ state }, count);
    },
  });
  return {
    decided: (outcome) => decisions.inc({ outcome }),
    attemptedDeletion: (status) => deletions.inc({ status }),
  };
}
