import { type Consumer, startConsumer } from '@onrecord/shared/event-log/consumer';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createPublisher } from '@onrecord/shared/event-log/publisher';
import { TOPICS } from '@onrecord/shared/events';
import { healthRoutes } from '@onrecord/shared/http/health';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics, serveMetrics } from '@onrecord/shared/telemetry/metrics';
import type { TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import { recordingMediaUrl } from '@onrecord/shared/twilio/media-url';
import { watchAccounts } from '@onrecord/shared/twilio/watch-accounts';
import type { Registry } from 'prom-client';
import { type AccountsMediaOptions, createAccountsMedia, requireAccount } from './adapters/accounts-media.ts';
import { createDeepgram } from './adapters/deepgram.ts';
import { askArchived } from './adapters/deepgram-archived.ts';
import { createOpenAiCompatible } from './adapters/openai-compatible.ts';
import { readRecordingKeys } from './adapters/recording-keys.ts';
import type { ProviderAccess, TranscriberConfig } from './config.ts';
import { createDependencies } from './dependencies/dependencies.ts';
import { guardSource, watchProvider, watchStore } from './dependencies/guarded.ts';
import { createTranscriberMetrics, type TranscriberMetrics } from './metrics.ts';
import { createDeadLetterHook } from './on-dead-letter.ts';
import { createDecisionHandler, type Transcribing } from './on-recording-cleared.ts';
import { createProviderLegs } from './relay/provider-legs.ts';
import { createSlots } from './relay/slots.ts';
import { openSender } from './spending/open-sender.ts';
import type { Fallback } from './transcribe-with-fallback.ts';

/** The consumer group that shares the work; each member takes some of the partitions. */
const GROUP = 'transcriber';

/** What is given is used and stays open when the service stops. */
export interface TranscriberOverrides {
  eventLog?: EventLog | undefined;
  objectStore?: ObjectStore | undefined;
  logger?: Logger | undefined;
  metrics?: Registry | undefined;
  clock?: (() => Date) | undefined;
}

/** No callback waits for these events, so the log may take its time. */
const PUBLISH_DEADLINE_MS = 30_000;
/** Another try of a small object costs little; the provider's answer beside it costs money. */
const KEEP_DELAYS_MS = [500, 2_000, 8_000];
const LOOKUP_TIMEOUT_MS = 30_000;

/**
 * Starts the transcriber: `onrecord.decisions` in, objects and `onrecord.media` out.
 * @throws SettingsError, EventLogUnavailableError, TopicMismatchError, ObjectStoreError, PortInUseError
 */
export async function startTranscriber(
  config: TranscriberConfig,
  overrides: TranscriberOverrides = {},
): Promise<Service> {
  const logger = overrides.logger ?? createLogger({ service: 'transcriber', level: config.logLevel });
  const registry = overrides.metrics ?? createMetrics('transcriber');
  // Stopped in reverse: what is in flight is finished first, then the publisher is flushed, then the log and the store are closed.
  await using started = new AsyncDisposableStack();
  const accounts = started.use(await watchAccounts({ ...config.accounts, logger }));
  const recordingKeys = await readRecordingKeys(config.recordingKeysFile);
  const log = overrides.eventLog ?? (await openEventLog({ ...config.eventLog, clientId: 'transcriber', logger }));
  if (overrides.eventLog === undefined) started.defer(() => log.close());
  const store = overrides.objectStore ?? (await openObjectStore(config.objectStore));
  if (overrides.objectStore === undefined) started.defer(() => store.close());
  const server = await serveMetrics({
    registry,
    port: config.metricsPort,
    hostname: config.listenHost,
    routes: healthRoutes({ 'event log': () => log.ping(), 'object store': () => store.ping() }),
  });
  started.defer(() => server.close(METRICS_CLOSE_MS));
  const publisher = createPublisher(log, { deadlineMs: PUBLISH_DEADLINE_MS });
  started.defer(() => publisher.close());
  const now = overrides.clock ?? (() => new Date());
  const { transcribing, close } = connect(config, { accounts, recordingKeys, store, publisher, registry, logger, now });
  started.defer(close);
  const failed = Promise.withResolvers<Error>();
  const consumer = await consume(config, { log, logger, registry, transcribing, onFailure: failed.resolve });
  started.defer(() => consumer.close());
  const stack = started.move();
  logger.info({ url: server.url, store: store.uri, provider: config.provider.name }, 'the transcriber is ready');
  return {
    addresses: { metrics: `${server.url}/metrics` },
    failed: failed.promise,
    stop: () => stack.disposeAsync(),
  };
}

/** A scrape in flight is short. */
const METRICS_CLOSE_MS = 1_000;

/** The handler's dependencies: adapters to Twilio and the speech provider, and what bounds them. */
function connect(
  {
    archivedWays,
    breaker,
    budgetSecondsPerDay,
    chargeableMax,
    fallback: second,
    media: { format: mediaFormat, ...media },
    provider: first,
    providerRequestsMax,
    relay,
  }: TranscriberConfig,
  shared: Pick<Transcribing, 'publisher' | 'now'> & {
    store: ObjectStore;
    accounts: TwilioAccounts;
    recordingKeys: AccountsMediaOptions['recordingKeys'];
    registry: Registry;
    logger: Logger;
  },
): { transcribing: Transcribing; close(): Promise<void> } {
  const { accounts, logger, now, publisher, recordingKeys, registry } = shared;
  const dependencies = createDependencies({ ...breaker, now, logger, registry });
  const storeGate = dependencies.named('the object store');
  const store = watchStore(shared.store, storeGate);
  const source = guardSource(createAccountsMedia({ ...media, accounts, recordingKeys, now }), dependencies);
  const connected: { close(): Promise<void> }[] = [source];
  const connectProvider = (access: ProviderAccess) => {
    const bare = openProvider(access, archivedWays, { store, now });
    connected.push(bare);
    const providerGate = dependencies.named(bare.name);
    return { provider: watchProvider(bare, providerGate), providerGate };
  };
  const slots = createSlots(providerRequestsMax);
  const onEnd: TranscriberMetrics['legEnded'] = (outcome) => metrics.legEnded(outcome);
  const legs = createProviderLegs({ ...relay, slots }, onEnd);
  const sentAgain: TranscriberMetrics['sentAgain'] = (...sent) => metrics.sentAgain(...sent);
  const sender = openSender({ store, budgetSecondsPerDay, chargeableMax, now, logger, sentAgain });
  const metrics = createTranscriberMetrics(registry, {
    budgetSeconds: budgetSecondsPerDay,
    spentToday: sender.budget.spentToday,
    legBufferedBytes: legs.bufferedBytes,
    providerRequests: slots.taken,
  });
  const fallback: Fallback | undefined = second && {
    ...connectProvider(second.provider),
    slots: createSlots(second.requestsMax),
    attempts: second.attempts,
    waitMsMax: breaker.pauseMsMax,
    onTaken: metrics.fellBack,
  };
  const sourceUrl: Transcribing['sourceUrl'] = ({ accountSid, recordingSid }, format) =>
    recordingMediaUrl({ apiUrl: requireAccount(accounts, accountSid).apiUrl, accountSid, recordingSid, format }).href;
  const keepDelaysMs = KEEP_DELAYS_MS;
  return {
    transcribing: {
      ...connectProvider(first),
      ...{
        mediaFormat,
        store,
        storeGate,
        source,
        sourceUrl,
        fallback,
        sender,
        publisher,
        slots,
        keepDelaysMs,
        withdrawalCheckMs: relay.withdrawalCheckMs,
        legs,
        metrics,
        now,
      },
    },
    close: async () => {
      await Promise.all(connected.map((each) => each.close()));
    },
  };
}

function openProvider(
  access: ProviderAccess,
  archivedWays: TranscriberConfig['archivedWays'],
  shared: { store: ObjectStore; now(): Date },
) {
  if (access.name === 'openai-compatible') return createOpenAiCompatible({ ...access, now: shared.now });
  const deepgram = createDeepgram({ ...access, now: shared.now });
  if (archivedWays === undefined) return deepgram;
  return askArchived(deepgram, { ...archivedWays, ...shared, timeoutMs: access.timeoutMs });
}

interface Consuming {
  log: EventLog;
  logger: Logger;
  registry: Registry;
  transcribing: Transcribing;
  onFailure(error: Error): void;
}

function consume(
  config: TranscriberConfig,
  { log, logger, registry, transcribing, onFailure }: Consuming,
): Promise<Consumer> {
  const { publisher, store } = transcribing;
  return startConsumer({
    log,
    group: GROUP,
    topics: [TOPICS.decisions],
    handle: createDecisionHandler(transcribing),
    onDeadLetter: createDeadLetterHook({ store, publisher, lookupTimeoutMs: LOOKUP_TIMEOUT_MS }),
    concurrency: config.relay.concurrency,
    handlerTimeoutMs: config.relay.timeoutMs,
    drainTimeoutMs: config.shutdownTimeoutMs,
    logger,
    metrics: registry,
    onFailure,
  });
}
