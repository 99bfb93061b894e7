import { z } from 'zod';
import type { EventDefinition } from '../envelope.ts';

/** A JSON Schema 2020-12 document. */
export type JsonSchema = Record<string, unknown>;

/** The schema of an event's data alone, as it travels in the value of a record. */
export function dataSchema(definition: EventDefinition): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(definition.schema, { io: 'input' });
  return schema;
}

/** The schema of a whole event in the JSON format of CloudEvents 1.0, as the golden examples are written. */
export const eventSchema = (definition: EventDefinition): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:onrecord:event:${definition.type}`,
  title: definition.type,
  description: definition.summary,
  type: 'object',
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', pattern: '^/accounts/AC[0-9a-f]{32}$' },
    type: { const: definition.type },
    subject: { type: 'string', minLength: 1 },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    traceparent: { type: 'string' },
    data: dataSchema(definition),
  },
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'],
});
