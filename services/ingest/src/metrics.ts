import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type CallMetrics, createCallMetrics } from './call-metrics.ts';
import type { Lateness } from './domain/lateness.ts';
import type { LeftOut } from './domain/left-out.ts';
import { SHED_REASONS, type ShedReason } from './http/shed-load.ts';
import type { ReconcileMetrics } from './reconcile/reconciler.ts';

export interface IngestMetrics extends CallMetrics {
  answered(path: string, status: number, seconds: number): void;
  /** A request without a signature, or with one that does not match. */
  notSigned(reason: 'missing' | 'mismatch', nearMiss: string): void;
  /** Of something that Twilio sent, nothing is kept. */
  leftOut(reason: LeftOut['reason']): void;
  /** Put off with 503, or not taken, because too much came at a time. */
  shed(reason: ShedReason): void;
  /** Refused before any route saw it. */
  unreadable(status: number): void;
  /** Tells from now on how many requests are being answered. */
  watchInFlight(inFlight: () => number): void;
  published(outcome: 'durable' | 'failed', seconds: number): void;
  /** How long after it happened a fact was heard of by its callback. */
  late(lateness: Lateness): void;
}

/** From what a memory-only answer takes to what Twilio waits for at most, in seconds. */
const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** From the next moment to a day, in seconds. */
const LATENESS_BUCKETS_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];

const lateness = (name: string, help: string, registers: Registry[]) =>
  new Histogram({ name, help, labelNames: ['kind'], buckets: LATENESS_BUCKETS_SECONDS, registers });

export function createIngestMetrics(registry: Registry): IngestMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'onrecord_ingest_requests_total',
    help: 'Requests of Twilio by path and answer.',
    labelNames: ['path', 'status'],
    registers,
  });
  const answerSeconds = new Histogram({
    name: 'onrecord_ingest_answer_seconds',
    help: 'From a request to its answer, durability included.',
    labelNames: ['path'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const unsigned = new Counter({
    name: 'onrecord_ingest_signature_failures_total',
    help: 'Requests that Twilio did not sign: a wrong setting, or somebody else; by what was nearly right.',
    labelNames: ['reason', 'near_miss'],
    registers,
  });
  const leftOut = new Counter({
    name: 'onrecord_ingest_left_out_total',
    help: 'What Twilio sent to the debugger and event webhooks and nothing is kept of, answered 204.',
    labelNames: ['reason'],
    registers,
  });
  const shed = new Counter({
    name: 'onrecord_ingest_shed_total',
    help: 'What was put off because too much came at a time: requests or bodies by 503, connections by closing them.',
    labelNames: ['reason'],
    registers,
  });
  // A series that begins at its first increase has not increased, so that no alert would tell of it.
  for (const reason of SHED_REASONS) shed.inc({ reason }, 0);
  const unreadable = new Counter({
    name: 'onrecord_ingest_unreadable_requests_total',
    help: 'Requests that are no HTTP, or did not arrive in time, by answer.',
    labelNames: ['status'],
    registers,
  });
  const publishSeconds = new Histogram({
    name: 'onrecord_ingest_publish_seconds',
    help: 'Until an event was durable, or was given up.',
    labelNames: ['outcome'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const callbackLateness = lateness(
    'onrecord_ingest_callback_lateness_seconds',
    'From a fact to its callback, by kind; of a recording from its end, Twilio’s processing included.',
    registers,
  );
  return {
    ...createCallMetrics(registers),
    answered: (path, status, seconds) => {
      requests.inc({ path, status: String(status) });
      answerSeconds.observe({ path }, seconds);
    },
    notSigned: (reason, nearMiss) => unsigned.inc({ reason, near_miss: nearMiss }),
    leftOut: (reason) => leftOut.inc({ reason }),
    shed: (reason) => shed.inc({ reason }),
    unreadable: (status) => unreadable.inc({ status: String(status) }),
    watchInFlight: (inFlight) => {
      new Gauge({
        name: 'onrecord_ingest_requests_in_flight',
        help: 'Requests that are being answered, or whose body is awaited.',
        registers,
        collect() {
          this.set(inFlight());
        },
      });
    },
    published: (outcome, seconds) => publishSeconds.observe({ outcome }, seconds),
    late: ({ kind, seconds }) => callbackLateness.observe({ kind }, seconds),
  };
}

/** Of what the reconcilers do; `forget` when that of an account has ended. */
export function createReconcileMetrics(registry: Registry): (account: string) => ReconcileMetrics & { forget(): void } {
  const registers = [registry];
  const reconciled = new Counter({
    name: 'onrecord_ingest_reconciled_total',
    help: 'Facts that the reconciler published, by kind: recording, call or alert; also what another process had heard of.',
    labelNames: ['kind'],
    registers,
  });
  const upTo = new Gauge({
    name: 'onrecord_ingest_reconciled_up_to_timestamp_seconds',
    help: 'When the last run began that looked through everything of an account, in seconds since 1970.',
    labelNames: ['account'],
    registers,
  });
  const failures = new Counter({
    name: 'onrecord_ingest_reconcile_failures_total',
    help: 'Runs of the reconciler that failed; the next one begins where everything was known.',
    labelNames: ['account'],
    registers,
  });
  const reconciledLateness = lateness(
    'onrecord_ingest_reconciled_lateness_seconds',
    'From a fact to its being found by asking, by kind.',
    registers,
  );
  return (account) => ({
    reconciled: (kind, lateSeconds) => {
      reconciled.inc({ kind });
      if (lateSeconds !== undefined) reconciledLateness.observe({ kind }, lateSeconds);
    },
    reconciledUpTo: (at) => upTo.set({ account }, at.getTime() / 1_000),
    reconcileFailed: () => failures.inc({ account }),
    forget: () => upTo.remove({ account }),
  });
}
