import { Counter, Gauge, type Registry } from 'prom-client';

export interface RetentionMetrics {
  decided(outcome: string): void;
  attemptedDeletion(status: string): void;
}

/** What stands still, read from the ledger at each scrape. */
export interface Backlog {
  /** Recordings by state, for the states that somebody or something has to end. */
  states: Readonly<Record<string, number>>;
  /** How long the most overdue review, deletion or attempt has been due, in seconds; 0 where nothing is. */
  overdueSeconds: number;
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
  const overdue = new Gauge({
    name: 'onrecord_sweep_overdue_seconds',
    help: 'How long the most overdue review or deletion has been due.',
    registers: [registry],
  });
  new Gauge({
    name: 'onrecord_recordings',
    help: 'Recordings that wait for something, by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const { states, overdueSeconds } = await backlog();
      for (const [state, count] of Object.entries(states)) this.set({ state }, count);
      overdue.set(overdueSeconds);
    },
  });
  return {
    decided: (outcome) => decisions.inc({ outcome }),
    attemptedDeletion: (status) => deletions.inc({ status }),
  };
}
