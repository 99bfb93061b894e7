import type { EventLog } from '@onrecord/shared/event-log/port';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Acceptance } from './acceptance.ts';
import { createTwilioLists } from './adapters/twilio-lists.ts';
import type { IngestConfig } from './config.ts';
import { operatorApi } from './http/operator-api.ts';
import { createReconcileMetrics, type IngestMetrics } from './metrics.ts';
import { createHeardFacts, remembering } from './reconcile/heard-facts.ts';
import { reconcileOnDemand } from './reconcile/reconcile-on-demand.ts';
import { startReconciling } from './reconcile/start.ts';

export interface ReconciliationOptions {
  config: IngestConfig;
  eventLog: EventLog;
  publish: Acceptance['publish'];
  metrics: Pick<IngestMetrics, 'happened'>;
  registry: Registry;
  logger: Logger;
  now(): Date;
}

export interface Reconciliation {
  /** Publishes as before, counts what is new, and remembers what needs no reconciling any more. */
  publish: Acceptance['publish'];
  /** For the port of the metrics. */
  routes: Hono;
  /** Takes no more orders, and ends the one that is being carried out. */
  abort(): void;
  close(): Promise<void>;
}

/** Asks Twilio what no callback told, by itself and when it is asked to. Needs nothing of the log until it is there. */
export function openReconciliation(options: ReconciliationOptions): Reconciliation {
  const { config, eventLog: log, registry, logger, now } = options;
  const { accountSid, reconcile, eventLog: topic } = config;
  const stopping = new AbortController();
  const heard = createHeardFacts();
  const publish = remembering(options.publish, heard, options.metrics.happened);
  const lists = createTwilioLists({ ...config.twilioApi, accountSid });
  const shared = { accountSid, lists, heard, publish, logger, now };
  const running =
    reconcile.intervalMs > 0
      ? startReconciling({ ...shared, ...reconcile, log, topic, metrics: createReconcileMetrics(registry) })
      : undefined;
  const routes = operatorApi({
    token: config.apiToken,
    reconcile: (order, signal) => reconcileOnDemand(order, shared, signal),
    now,
    signal: stopping.signal,
  });
  return { publish, routes, abort: () => stopping.abort(), close: async () => running?.close() };
}
