import { Counter, Histogram, type Registry } from 'prom-client';
import type { LeftOut } from './domain/left-out.ts';

export interface IngestMetrics {
  answered(path: string, status: number, seconds: number): void;
  /** A request without a signature, or with one that does not match. */
  notSigned(reason: 'missing' | 'mismatch'): void;
  /** Of something that Twilio sent, nothing is kept. */
  leftOut(reason: LeftOut['reason']): void;
  published(outcome: 'durable' | 'failed', seconds: number): void;
}

/** From what a memory-only answer takes to what Twilio waits for at most, in seconds. */
const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

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
    help: 'Requests that Twilio did not sign: a wrong setting, or somebody else.',
    labelNames: ['reason'],
    registers,
  });
  const leftOut = new Counter({
    name: 'onrecord_ingest_left_out_total',
    help: 'What Twilio sent to the debugger and event webhooks and nothing is kept of, answered 204.',
    labelNames: ['reason'],
    registers,
  });
  const publishSeconds = new Histogram({
    name: 'onrecord_ingest_publish_seconds',
    help: 'Until an event was durable, or was given up.',
    labelNames: ['outcome'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  return {
    answered: (path, status, seconds) => {
      requests.inc({ path, status: String(status) });
      answerSeconds.observe({ path }, seconds);
    },
    notSigned: (reason) => unsigned.inc({ reason }),
    leftOut: (reason) => leftOut.inc({ reason }),
    published: (outcome, seconds) => publishSeconds.observe({ outcome }, seconds),
  };
}
