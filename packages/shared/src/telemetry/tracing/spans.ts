import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

/** Set while tracing is on. Without it nothing here does anything. */
let tracer: Tracer | undefined;

export function setTracer(given: Tracer | undefined) {
  tracer = given;
}

export const isTracing = (): boolean => tracer !== undefined;

export interface SpanOptions {
  /** Default: internal. */
  kind?: SpanKind;
  /** Never a phone number, and no URL with a query. */
  attributes?: Attributes;
  /** W3C Trace Context of what caused this elsewhere; absent: what is going on in this process. */
  parent?: string | undefined;
}

/** Runs `work` inside of a span of its own, which fails as the work does; just runs it while tracing is off. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return work(undefined);
  const parent = 'parent' in options ? contextOf(options.parent) : context.active();
  const span = tracer.startSpan(name, options, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work, undefined, span);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A span that is not what goes on meanwhile; the caller ends it. `undefined` while tracing is off. */
export function startSpan(name: string, options: SpanOptions): Span | undefined {
  return tracer?.startSpan(name, options, trace.getActiveSpan() ? context.active() : contextOf(options.parent));
}

/** Names the class of the error alone: its message may quote anything. */
export function failSpan(span: Span, error: unknown) {
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Adds to the span of what is going on. */
export function describeSpan(attributes: Attributes) {
  if (tracer !== undefined) trace.getActiveSpan()?.setAttributes(attributes);
}

/** W3C Trace Context of what is going on; `undefined` while tracing is off. */
export function activeTraceparent(): string | undefined {
  const span = tracer && trace.getActiveSpan();
  return span && formatTraceparent(span.spanContext());
}

/** Of what is going on, for log lines. */
export const activeTraceId = (): string | undefined => tracer && trace.getActiveSpan()?.spanContext().traceId;

function contextOf(traceparent: string | undefined): Context {
  const spanContext = parseTraceparent(traceparent);
  return spanContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext);
}
