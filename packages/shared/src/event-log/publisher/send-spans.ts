import { type Span, SpanKind } from '@opentelemetry/api';
import type { OnrecordEvent } from '../../events/registry.ts';
import { sidAttributes, sidsOf } from '../../telemetry/tracing/sids.ts';
import { failSpan, startSpan } from '../../telemetry/tracing/spans.ts';
import { formatTraceparent } from '../../telemetry/tracing/trace-context.ts';

/**
 * Gives each event a span that lasts until it is durable, inside of what goes on or, where it waited in an outbox, of what caused it.
 * Whoever handles the event goes on from there.
 */
export async function inSendSpans(
  events: readonly OnrecordEvent[],
  send: (events: readonly OnrecordEvent[]) => Promise<void>,
): Promise<void> {
  const spans: Span[] = [];
  const sent = events.map((event) => {
    const attributes = {
      'messaging.system': 'onrecord',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.message.id': event.id,
      ...sidAttributes(sidsOf(event)),
    };
    const span = startSpan(`publish ${event.type}`, { kind: SpanKind.PRODUCER, attributes, parent: event.traceparent });
    if (span === undefined) return event;
    spans.push(span);
    return { ...event, traceparent: formatTraceparent(span.spanContext()) };
  });
  try {
    await send(sent);
  } catch (error) {
    for (const span of spans) failSpan(span, error);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}
