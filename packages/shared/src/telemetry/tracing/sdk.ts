import { setTimeout as sleep } from 'node:timers/promises';
import { type Attributes, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import type { TracingOptions } from './settings.ts';
import { setTracer } from './spans.ts';

export interface Tracing {
  /** Sends what is left, for a few seconds at most, and ends tracing. Never fails. */
  stop(): Promise<void>;
}

/** A collector that is away must not hold up the end of a process. */
const STOP_TIMEOUT_MS = 3_000;
/** What is wrong with a collector is wrong with every batch. */
const COMPLAIN_AGAIN_AFTER_MS = 60_000;
/** Spans in memory; more are dropped. The specification's defaults. */
const BATCH = {
  maxQueueSize: 2_048,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 5_000,
  exportTimeoutMillis: 30_000,
};

/** Loads with the SDK: import it through `startTracing`. */
export function openTracing({ protocol, sampler, ratio }: TracingOptions, service: string, logger: Logger): Tracing {
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service, 'service.namespace': 'onrecord' }))
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [handingDownSids, new BatchSpanProcessor({ exporter: complainingTo(logger, exporter), ...BATCH })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  setTracer(provider.getTracer('onrecord'));
  let stopping: Promise<void> | undefined;
  return {
    stop: () => {
      stopping ??= stop(provider);
      return stopping;
    },
  };
}

async function stop(provider: TracerProvider): Promise<void> {
  setTracer(undefined);
  const timer = new AbortController();
  const late = sleep(STOP_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([provider.shutdown().catch(() => {}), late]);
  timer.abort();
  context.disable();
}

function samplerOf(name: TracingOptions['sampler'], ratio: number): Sampler {
  const root = rootSampler(name, ratio);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: TracingOptions['sampler'], ratio: number): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return name.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}

/** What a span is about, everything inside of it is about too: a call's spans are found by its CallSid. */
const handingDownSids: SpanProcessor = {
  onStart: (span, parentContext) => {
    const parent = trace.getSpan(parentContext);
    if (parent === undefined || !('attributes' in parent)) return;
    for (const [name, value] of Object.entries(parent.attributes as Attributes)) {
      if (name.startsWith('onrecord.') && name.endsWith('_sid')) span.setAttribute(name, value ?? '');
    }
  },
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

const REMEDY = 'start the collector of OTEL_EXPORTER_OTLP_ENDPOINT, or correct that setting';

/** An error of several attempts to connect has no message of its own. */
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error);

/** Says in one line a minute at most what keeps spans from being sent; the exporter's own words, which name the cause. */
function complainingTo(logger: Logger, exporter: SpanExporter): SpanExporter {
  let complainedAt = Number.NEGATIVE_INFINITY;
  const complain = (err: unknown) => {
    const now = performance.now();
    if (now - complainedAt < COMPLAIN_AGAIN_AFTER_MS) return;
    complainedAt = now;
    // A collector that is away is no fault of the program’s: a stack would only hide which one it is.
    logger.warn(
      { component: 'tracing', reason: reasonOf(err), remedy: REMEDY },
      'traces could not be sent; nothing else depends on them',
    );
  };
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) complain(result.error);
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
