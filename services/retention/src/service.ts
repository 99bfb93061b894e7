import { startConsumer } from '@onrecord/shared/event-log/consumer';
import type { LogRecord } from '@onrecord/shared/event-log/port';
import { TOPICS } from '@onrecord/shared/events';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { serveMetrics } from '@onrecord/shared/telemetry/metrics';
import { notConfigured, type TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import packageJson from '../package.json' with { type: 'json' };
import { accountsSource } from './adapters/accounts-source.ts';
import type { RecordingKey } from './change-recording.ts';
import { agreeingPlans } from './clearance/agreeing-plans.ts';
import type { RetentionConfig } from './config.ts';
import { whileClocksAgree } from './dated-sweeps.ts';
import { agreeingClocks, tellingClocks } from './deletions/agreeing-clocks.ts';
import { erasureResidues } from './erasures/erasure-residues.ts';
import { erasureSweeps } from './erasures/erasure-sweeps.ts';
import { createErasures } from './erasures/erasures.ts';
import { createSubjects } from './erasures/subjects.ts';
import { createFactMetrics } from './fact-metrics.ts';
import { serveRecordsApi } from './http/serve.ts';
import { readBacklog } from './ledger/backlog.ts';
import { databaseClock } from './ledger/database-clock.ts';
import { putPlanningSettings } from './ledger/planning.ts';
import { openLedger } from './ledger/postgres-ledger.ts';
import { RETENTION_GROUP } from './ledger/write-once.ts';
import { createRetentionMetrics } from './metrics.ts';
import { createObserver } from './observe.ts';
import { onCompliance } from './on-compliance.ts';
import { onMedia } from './on-media.ts';
import { type EventDeps, onTelephony } from './on-telephony.ts';
import { openHolds } from './open-holds.ts';
import { outlastOutages } from './outlast-outages.ts';
import { limitedPlaces } from './places/limited.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { type Closers, openResources, type Resources, type RetentionOverrides } from './resources.ts';
import { startReading } from './search/start-reading.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';
import { createSweeps, DEFAULT_LIMITS, type SweepDeps } from './sweeps.ts';
import { watchingTopics } from './watch-topics.ts';

export type { RetentionOverrides } from './resources.ts';

/** A scrape in flight is short. */
const METRICS_CLOSE_MS = 1_000;

/**
 * Starts retention: facts in from `onrecord.telephony` and `onrecord.media`, settled dead letters from `onrecord.compliance`, decisions and deletions out, and the records API.
 * @throws SettingsError, MigrationError, EventLogUnavailableError, TopicMismatchError, ObjectStoreError, PortInUseError
 */
export async function startRetention(config: RetentionConfig, overrides: RetentionOverrides = {}): Promise<Service> {
  const closers: Closers = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
  };
  try {
    return await wire(await openResources(config, overrides, closers), config, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function wire(
  resources: Resources,
  config: RetentionConfig,
  closers: Closers,
  stop: () => Promise<void>,
): Promise<Service> {
  const { accounts, logger, registry, pool, eventLog, clock, relay } = resources;
  const { policy } = config;
  const pseudonyms = createPseudonyms(config.pseudonymKey);
  const metrics = createRetentionMetrics(registry, () => readBacklog(pool, clock()));
  const onFailed = (key: RecordingKey, err: unknown) =>
    logger.error({ ...key, err }, 'what was due of a recording could not be done; trying again later');
  let sweeper: Sweeper | undefined;
  const ledger = openLedger({
    pool,
    accounts: sidsOf(accounts),
    builtIn: policy,
    pseudonyms,
    ruleBook: config.ruleBook,
    clock,
    onPublish: relay.wake,
    onLater: () => sweeper?.wake(),
    onFailed,
    certification: {
      store: resources.objectStore.uri,
      eventLogRetentionMs: config.eventLog.retentionMs,
      tool: { name: packageJson.name, version: packageJson.version },
    },
  });
  const observer = createObserver(logger, metrics, (at) => sweeper?.wakeAt(at));

  const deps: EventDeps = { ledger, clock, ...observer, onNews: createFactMetrics(registry, clock()) };
  const onDue = (at: Date) => sweeper?.wakeAt(at);
  const sweepDeps = { ...deps, ...observer, ledger, pseudonyms, onDue, onFailed };
  sweeper = await startSweeps(resources, config, sweepDeps, closers);

  const reading = startReading(resources, config.sweepIntervalMs);
  closers.push(() => reading.close());
  const outlast = outlastOutages(logger);
  const failed = Promise.withResolvers<Error>();
  const consumer = await startConsumer({
    log: eventLog,
    group: RETENTION_GROUP,
    topics: [TOPICS.telephony, TOPICS.media, TOPICS.compliance],
    handle: (event, context) =>
      outlast(() => handlerOf(context.record)(event, { ...deps, onTranscript: reading.wake }), context),
    // An event waits for its database as long as the log keeps it; the pool ends each statement of an attempt long before.
    handlerTimeoutMs: config.eventLog.retentionMs,
    logger,
    metrics: registry,
    onFailure: failed.resolve,
  });
  closers.push(() => consumer.close());

  const metricsServer = await serveMetrics({ registry, port: config.metricsPort, hostname: config.listenHost });
  closers.push(() => metricsServer.close(METRICS_CLOSE_MS));
  const erasures = createErasures({ pool, ledger, pseudonyms, clock, ...observer });
  const subjects = createSubjects(pool, pseudonyms, clock);
  const holds = openHolds(resources, config, { ledger, onDue, closers });
  const api = await serveRecordsApi(resources, config, { ledger, ...observer, onDue, erasures, subjects, holds });
  closers.push(() => api.close(config.shutdownTimeoutMs));
  logger.info({ url: api.url }, 'retention is ready');
  return { addresses: { records: api.url, metrics: metricsServer.url }, failed: failed.promise, stop };
}

const sidsOf = (accounts: TwilioAccounts) => () => accounts.all().map(({ accountSid }) => accountSid);

function handlerOf({ topic }: LogRecord) {
  if (topic.startsWith(TOPICS.media)) return onMedia;
  return topic.startsWith(TOPICS.compliance) ? onCompliance : onTelephony;
}

async function startSweeps(
  resources: Resources,
  config: RetentionConfig,
  deps: Omit<SweepDeps, 'accounts' | 'pool' | 'objects' | 'source' | 'onLeft' | 'plansAgree'> &
    Pick<Parameters<typeof erasureSweeps>[0], 'pseudonyms' | 'onDue' | 'onFailed'>,
  closers: Closers,
): Promise<Sweeper> {
  const { accounts, pool, objectStore, eventLog, relay, logger } = resources;
  const { sweepIntervalMs, deletions, planning } = config;
  const stopping = new AbortController();
  const source = accountsSource({ accounts, clock: deps.clock, signal: stopping.signal });
  const onLeft = (accountSid: string, due: Date) =>
    logger.warn({ accountSid, at: due, reason: notConfigured(accountSid) }, 'what is due of an account is not done');
  const clocksAgree = agreeingClocks({
    clock: deps.clock,
    databaseClock: () => databaseClock(pool),
    differenceMaxMs: deletions.clockDifferenceMaxMs,
    onChange: tellingClocks(logger, deletions.clockDifferenceMaxMs),
  });
  const [settings, startedAt] = [planning, await databaseClock(pool)];
  const plansAgree = agreeingPlans({
    settings,
    put: () => putPlanningSettings(pool, { settings, startedAt }),
    onDifference: (reason) =>
      logger.error(
        { reason },
        'a retention that was started later has other settings, and plans by those: what stands is not planned again here; give all processes the same',
      ),
  });
  const places = limitedPlaces({ objects: objectStore, source }, deletions);
  const limits = { ...DEFAULT_LIMITS, deletionsAtOnce: deletions.deletionsAtOnce };
  const residueDeps = { pool, eventLog, clock: deps.clock, erasesCalls: deletions.erasesCalls };
  const ofErasures = erasureSweeps({
    ...deps,
    ...residueDeps,
    accounts: sidsOf(accounts),
    residues: erasureResidues(residueDeps),
    calls: places.source,
    onPublish: relay.wake,
  });
  const sweeper = startSweeper({
    sweeps: whileClocksAgree(clocksAgree, [
      ...ofErasures,
      { name: 'watch topics', effect: 'keeps', sweep: watchingTopics(resources, config.eventLog) },
      ...createSweeps({ ...deps, accounts, pool, ...places, onLeft, plansAgree }, limits),
    ]),
    intervalMs: sweepIntervalMs,
    clock: deps.clock,
    onError: (err) => logger.warn({ err }, 'a sweep failed; the next one tries again'),
  });
  closers.push(() => {
    stopping.abort();
    return sweeper.close();
  });
  return sweeper;
}
