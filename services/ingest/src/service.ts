import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createPublisher } from '@onrecord/shared/event-log/publisher';
import { serveHttp } from '@onrecord/shared/http/serve';
import type { Service } from '@onrecord/shared/lifecycle/service';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics, serveMetrics } from '@onrecord/shared/telemetry/metrics';
import { watchAccounts } from '@onrecord/shared/twilio/watch-accounts';
import type { Registry } from 'prom-client';
import { checkAtStart } from './check-at-start.ts';
import type { IngestConfig } from './config.ts';
import { answerDirectly } from './http/answer-directly.ts';
import { createApp } from './http/app.ts';
import { createLooks } from './http/explain-signature.ts';
import { shedLoad } from './http/shed-load.ts';
import { tellRefusals } from './http/tell-refusals.ts';
import { openMessaging } from './messaging.ts';
import { createIngestMetrics } from './metrics.ts';
import { measureLateness, publishTimed } from './publish-timed.ts';
import { openReconciliation } from './reconciliation.ts';
import { openAnswers } from './transcription-answers.ts';

/** What is given is used and stays open when the service stops. */
export interface IngestOverrides {
  eventLog?: EventLog | undefined;
  objectStore?: ObjectStore | undefined;
  logger?: Logger | undefined;
  metrics?: Registry | undefined;
  clock?: (() => Date) | undefined;
}

/**
 * Starts ingest: Twilio's callbacks in, `onrecord.telephony` out.
 * @throws SettingsError, EventLogUnavailableError, TopicMismatchError, PortInUseError
 */
export async function startIngest(config: IngestConfig, overrides: IngestOverrides = {}): Promise<Service> {
  const logger = overrides.logger ?? createLogger({ service: 'ingest', level: config.logLevel });
  const registry = overrides.metrics ?? createMetrics('ingest');
  await using started = new AsyncDisposableStack();
  const accounts = started.use(await watchAccounts({ ...config.accounts, logger }));
  const eventLog = overrides.eventLog ?? (await openEventLog({ ...config.eventLog, clientId: 'ingest', logger }));
  if (overrides.eventLog === undefined) started.defer(() => eventLog.close());
  // Kafka's adapter appends one batch at a time: a second one would wait there, where it cannot grow any more.
  const publisher = createPublisher(eventLog, { deadlineMs: config.publishTimeoutMs, appendsInFlightMax: 1 });
  started.defer(() => publisher.close());
  const { listenHost: hostname } = config;
  const metrics = createIngestMetrics(registry);
  const now = overrides.clock ?? (() => new Date());
  const publishing = publishTimed(publisher.publish, metrics);
  const shared = { config, accounts, eventLog, publish: publishing, registry, logger, now };
  const reconciliation = openReconciliation(shared);
  started.defer(() => reconciliation.close());
  const failed = Promise.withResolvers<Error>();
  const onFailure = failed.resolve;
  const messaging = openMessaging({ ...shared, onFailure });
  started.defer(async () => messaging?.close());
  const metricsServer = await serveMetrics({
    registry,
    port: config.metricsPort,
    hostname,
    routes: reconciliation.routes,
  });
  started.defer(() => metricsServer.close(config.shutdownTimeoutMs));
  started.defer(reconciliation.abort);
  const answers = started.use(await openAnswers(config.answers, overrides.objectStore));
  const edge = {
    ...config,
    answers: answers.taken,
    accounts,
    looks: createLooks(),
    publish: reconciliation.publish,
    late: measureLateness(metrics),
    conferenceJoin: metrics.conferenceJoin,
    logger,
    metrics,
    now,
  };
  const app = createApp(edge, { 'event log': () => eventLog.ping() });
  const { shed, refused } = tellRefusals(logger, metrics, () => performance.now());
  const load = shedLoad(app.fetch, { ...config, ...config.load }, shed);
  metrics.watchInFlight(load.inFlight);
  const { port, http: limits } = config;
  const direct = answerDirectly(edge, load);
  const server = await serveHttp({ fetch: load.fetch, direct, port, hostname, setting: 'PORT', limits, refused });
  // Stopped in reverse: what is in flight is answered first, then the publisher is flushed, then the log is closed.
  started.defer(() => server.close(config.shutdownTimeoutMs));
  const stack = started.move();
  logger.info({ port: server.port, url: config.publicBaseUrls.join(', ') }, 'ingest takes callbacks');
  if (config.checkedAtStart) void checkAtStart({ ...config.checkedAtStart, accounts: accounts.all() }, logger, now);
  return {
    addresses: { callbacks: server.url, metrics: `${metricsServer.url}/metrics`, operators: metricsServer.url },
    failed: failed.promise,
    stop: () => stack.disposeAsync(),
  };
}
