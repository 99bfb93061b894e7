import { type EventDefinition, TOPICS } from '../envelope.ts';
import { dataSchema, type JsonSchema } from './event-schema.ts';

/** What a golden example says, in the JSON format of CloudEvents. */
export interface GoldenExample {
  type: string;
  data: unknown;
  [attribute: string]: unknown;
}

const TOPIC_DESCRIPTIONS: Record<keyof typeof TOPICS, string> = {
  telephony: 'Facts that Twilio reported. Keyed by CallSid, or ConferenceSid where there is none.',
  decisions: 'What may become of a recording. Keyed by RecordingSid.',
  media: 'What became of a recording’s bytes and words. Keyed by RecordingSid.',
  compliance:
    'Holds, erasures, confirmed deletions, and dead letters that people settled. Keyed by what they are about.',
};

/** The AsyncAPI 3.0 document of all topics and events. */
export function asyncApiDocument(
  definitions: readonly EventDefinition[],
  examples: ReadonlyMap<string, GoldenExample>,
): JsonSchema {
  const ofTopic = (topic: string) => definitions.filter((definition) => definition.topic === topic);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Onrecord events',
      version: '1',
      description:
        'CloudEvents 1.0 in binary content mode: attributes are headers, the value is the data as JSON. Delivery is at least ' +
        'once, in the order of a key on first delivery; an event’s id is derived from what it reports, so the same fact found ' +
        'twice is one event. Unknown fields are to be ignored and kept; unknown types are to be set aside, never guessed at.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      Object.entries(TOPICS).flatMap(([name, topic]) => channelsOf(name as keyof typeof TOPICS, topic, ofTopic(topic))),
    ),
    operations: Object.fromEntries(Object.keys(TOPICS).flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(
        definitions.map((definition) => [definition.type, message(definition, examples.get(definition.type))]),
      ),
    },
  };
}

function channelsOf(name: keyof typeof TOPICS, topic: string, definitions: readonly EventDefinition[]) {
  const messages = Object.fromEntries(definitions.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]));
  const failure =
    'The events as they were, with headers onrecord-attempt (attempts that failed so far), onrecord-group (the consumer group that ' +
    'failed), onrecord-first-failed, onrecord-last-failed, onrecord-stage, onrecord-reason and onrecord-origin-topic';
  return [
    [name, { address: topic, description: TOPIC_DESCRIPTIONS[name], messages }],
    [
      `${name}Retry`,
      {
        address: `${topic}.retry.{delay}`,
        description: `Events that failed and are tried again at onrecord-not-before. ${failure}.`,
        parameters: { delay: { description: 'How long events wait here.', examples: ['5s', '1m', '10m', '1h'] } },
        messages,
      },
    ],
    [
      `${name}DeadLetter`,
      { address: `${topic}.dead-letter`, description: `Events that could not be handled. ${failure}.`, messages },
    ],
  ];
}

const operationsOf = (name: string) =>
  (['send', 'receive'] as const).map((action) => [
    `${action}${name[0]?.toUpperCase()}${name.slice(1)}`,
    { action, channel: { $ref: `#/channels/${name}` } },
  ]);

const message = (definition: EventDefinition, example: GoldenExample | undefined) => ({
  name: definition.type,
  title: definition.type,
  summary: definition.summary,
  contentType: 'application/json',
  headers: headers(definition.type),
  payload: dataSchema(definition),
  bindings: { kafka: { key: { type: 'string', minLength: 1, description: 'Equals ce_subject.' } } },
  ...(example ? { examples: [{ name: 'golden', payload: example.data }] } : {}),
});

const headers = (type: string) => ({
  type: 'object',
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', minLength: 1 },
    ce_source: { type: 'string', description: '/accounts/{AccountSid}' },
    ce_type: { const: type },
    ce_subject: { type: 'string', minLength: 1 },
    ce_time: { type: 'string', format: 'date-time' },
    'content-type': { const: 'application/json' },
    ce_traceparent: { type: 'string', description: 'W3C Trace Context, as a CloudEvents extension.' },
    traceparent: { type: 'string', description: 'The same, where tracing libraries look for it.' },
  },
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'content-type'],
});
