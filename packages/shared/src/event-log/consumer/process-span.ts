import { SpanKind } from '@opentelemetry/api';
import { sidAttributes, sidsOf } from '../../telemetry/tracing/sids.ts';
import { inSpan, isTracing } from '../../telemetry/tracing/spans.ts';
import type { Handler } from './handler-runs.ts';

/** Handles as `handle` does, each attempt in a span that goes on from where the event was published. */
export const inProcessSpan =
  (handle: Handler, group: string): Handler =>
  (event, context) => {
    if (!isTracing()) return handle(event, context);
    const { topic, partition } = context.record;
    const attributes = {
      'messaging.system': 'onrecord',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.consumer.group.name': group,
      'messaging.message.id': event.id,
      'onrecord.event_type': event.type,
      'onrecord.attempt': context.attempt,
      ...sidAttributes(sidsOf(event)),
    };
    const options = { kind: SpanKind.CONSUMER, attributes, parent: event.traceparent };
    return inSpan(`process ${event.type}`, options, () => handle(event, context));
  };
