import { Counter, Gauge, type Registry } from 'prom-client';

export type Outcome = 'handled' | 'failed' | 'retried' | 'postponed' | 'dead_lettered' | 'hook_failed' | 'skipped';

interface Gauges {
  inFlight: number;
  queued: number;
  /** By topic: age of the oldest record that is not done, in seconds. */
  lagSeconds: ReadonlyMap<string, number>;
}

const RECORDS = {
  name: 'onrecord_consumer_records_total',
  help: 'Records by outcome: handled, failed (each attempt), retried, postponed (no attempt), dead_lettered, hook_failed (nobody was told of a dead letter), skipped (another group’s retry).',
  labelNames: ['group', 'topic', 'outcome'],
} as const;
const IN_FLIGHT = {
  name: 'onrecord_consumer_in_flight',
  help: 'Records whose handler runs.',
  labelNames: ['group'],
} as const;
const QUEUED = {
  name: 'onrecord_consumer_queue_length',
  help: 'Records in memory whose handler has not started.',
  labelNames: ['group'],
} as const;
const LAG = {
  name: 'onrecord_consumer_lag_seconds',
  help: 'Age of the oldest record that was received and is not done.',
  labelNames: ['group', 'topic'],
} as const;

/** Counts in memory and hands over now and then: a labelled counter costs more than an empty handler. */
export class ConsumerMetrics {
  readonly #group: string;
  readonly #records: Counter<'group' | 'topic' | 'outcome'>;
  readonly #inFlight: Gauge<'group'>;
  readonly #queued: Gauge<'group'>;
  readonly #lag: Gauge<'group' | 'topic'>;
  readonly #counts = new Map<string, Record<Outcome, number>>();

  /** Several consumers may share a registry. */
  constructor(registry: Registry, group: string) {
    const registers = [registry];
    this.#group = group;
    this.#records = shared(registry, RECORDS.name) ?? new Counter({ ...RECORDS, registers });
    this.#inFlight = shared(registry, IN_FLIGHT.name) ?? new Gauge({ ...IN_FLIGHT, registers });
    this.#queued = shared(registry, QUEUED.name) ?? new Gauge({ ...QUEUED, registers });
    this.#lag = shared(registry, LAG.name) ?? new Gauge({ ...LAG, registers });
  }

  count(topic: string, outcome: Outcome) {
    let counts = this.#counts.get(topic);
    if (!counts) {
      counts = { handled: 0, failed: 0, retried: 0, postponed: 0, dead_lettered: 0, hook_failed: 0, skipped: 0 };
      this.#counts.set(topic, counts);
    }
    counts[outcome] += 1;
  }

  flush({ inFlight, queued, lagSeconds }: Gauges) {
    const group = this.#group;
    for (const [topic, counts] of this.#counts) {
      for (const outcome of Object.keys(counts) as Outcome[]) {
        if (counts[outcome] > 0) this.#records.inc({ group, topic, outcome }, counts[outcome]);
        counts[outcome] = 0;
      }
    }
    this.#inFlight.set({ group }, inFlight);
    this.#queued.set({ group }, queued);
    for (const [topic, seconds] of lagSeconds) this.#lag.set({ group, topic }, seconds);
  }
}

function shared<T>(registry: Registry, name: string): T | undefined {
  return registry.getSingleMetric(name) as T | undefined;
}
