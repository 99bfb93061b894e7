import type { z } from 'zod';
import type { EventDefinition, EventEnvelope } from './envelope.ts';

export interface EventContext {
  /** RFC 3339; the moment of the fact. */
  time: string;
  traceparent?: string | undefined;
}

/**
 * Builds an event from its data: id, source and subject follow from the definition.
 * @throws z.ZodError when the data does not fit the definition's schema
 */
export function createEvent<Type extends string, Schema extends z.ZodType<{ accountSid: string }>>(
  definition: EventDefinition<Type, Schema>,
  input: z.input<Schema>,
  context: EventContext,
): EventEnvelope<Type, z.output<Schema>> {
  const data = definition.schema.parse(input);
  return {
    specversion: '1.0',
    id: definition.id(data),
    source: `/accounts/${data.accountSid}`,
    type: definition.type,
    subject: definition.key(data),
    time: context.time,
    datacontenttype: 'application/json',
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    data,
  };
}
