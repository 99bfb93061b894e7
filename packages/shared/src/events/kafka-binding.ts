import { z } from 'zod';
import { StageError } from '../event-log/failure-policy.ts';
import type { LogRecord } from '../event-log/port.ts';
import type { EventDefinition } from './envelope.ts';
import { EVENT_DEFINITIONS, type OnrecordEvent } from './registry.ts';

/**
 * CloudEvents 1.0.2 on the event log, binary content mode: attributes travel as `ce_*` headers, the value is the data as JSON.
 * Source: CloudEvents "Kafka Protocol Binding" 1.0.2, §3.2. The trace context travels twice: as the CloudEvents
 * extension (`ce_traceparent`) and as the plain header that tracing libraries read.
 */
const CONTENT_TYPE = 'application/json';

/** The type is not in the registry: a newer version, or not ours. It is never guessed at. */
export class UnknownEventError extends StageError {
  override readonly name = 'UnknownEventError';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('parse', message, { kind: 'permanent', ...options });
  }
}

/** The record is not an event of the contract: an attribute is missing, or the data does not fit the schema. */
export class InvalidEventError extends StageError {
  override readonly name = 'InvalidEventError';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('parse', message, { kind: 'permanent', ...options });
  }
}

const definitions: ReadonlyMap<string, EventDefinition> = new Map(
  EVENT_DEFINITIONS.map((definition) => [definition.type, definition]),
);

const INSTANT = z.regexes.datetime({ offset: true });

function definitionOf(type: string): EventDefinition {
  const definition = definitions.get(type);
  if (!definition) throw new UnknownEventError(`no event of type "${type}" is known to this version`);
  return definition;
}

/** @throws UnknownEventError when the type is not in the registry */
export function toRecord(event: OnrecordEvent): LogRecord {
  return {
    topic: definitionOf(event.type).topic,
    key: event.subject,
    value: Buffer.from(JSON.stringify(event.data)),
    headers: {
      ce_specversion: event.specversion,
      ce_id: event.id,
      ce_source: event.source,
      ce_type: event.type,
      ce_subject: event.subject,
      ce_time: event.time,
      'content-type': event.datacontenttype,
      ...(event.traceparent === undefined ? {} : { ce_traceparent: event.traceparent, traceparent: event.traceparent }),
    },
  };
}

/**
 * Reads an event; fields of the data that the schema does not know survive.
 * @throws UnknownEventError when the type is not in the registry
 * @throws InvalidEventError when the record is not a binary-mode CloudEvent whose data fits its schema
 */
export function fromRecord(record: Pick<LogRecord, 'headers' | 'value'>): OnrecordEvent {
  return openEvent(record).toJSON();
}

/**
 * Reads an event's attributes now and its data when it is first asked for: an event that nobody looks into costs next to nothing.
 * Its `data` is a getter, so `{ ...event }` does not have it; JSON does. Errors are those of `fromRecord`; those about the data come
 * from reading `data`.
 */
export function openRecord(record: Pick<LogRecord, 'headers' | 'value'>): OnrecordEvent {
  return openEvent(record) as unknown as OnrecordEvent;
}

function openEvent({ headers, value }: Pick<LogRecord, 'headers' | 'value'>): OpenedEvent {
  if (headers.ce_specversion !== '1.0') {
    throw new InvalidEventError('not a CloudEvent 1.0 in binary mode: the header ce_specversion is not "1.0"');
  }
  const definition = definitionOf(attribute(headers, 'ce_type'));
  const contentType = headers['content-type'];
  if (contentType?.startsWith(CONTENT_TYPE) !== true) {
    throw new InvalidEventError(`content-type is "${contentType ?? ''}" where ${CONTENT_TYPE} is expected`);
  }
  const event = new OpenedEvent(definition, headers, value);
  if (!INSTANT.test(event.time)) throw new InvalidEventError(`ce_time "${event.time}" is not an RFC 3339 instant`);
  return event;
}

/** A class, since an object literal with a getter costs more than all the rest of an empty handler's event. */
class OpenedEvent {
  readonly specversion = '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype = CONTENT_TYPE;
  readonly traceparent: string | undefined;
  readonly #definition: EventDefinition;
  readonly #value: Uint8Array;
  #data: unknown = undefined;

  constructor(definition: EventDefinition, headers: LogRecord['headers'], value: Uint8Array) {
    this.id = attribute(headers, 'ce_id');
    this.source = attribute(headers, 'ce_source');
    this.type = definition.type;
    this.subject = attribute(headers, 'ce_subject');
    this.time = attribute(headers, 'ce_time');
    this.traceparent = headers.ce_traceparent ?? headers.traceparent;
    this.#definition = definition;
    this.#value = value;
  }

  get data(): unknown {
    this.#data ??= readData(this.#definition, this.#value, this.source);
    return this.#data;
  }

  toJSON(): OnrecordEvent {
    const { traceparent, ...attributes } = this;
    // The registry is the proof: `type` chose the schema that `data` is parsed with.
    return { ...attributes, ...(traceparent === undefined ? {} : { traceparent }), data: this.data } as OnrecordEvent;
  }
}

function attribute(headers: LogRecord['headers'], name: string): string {
  const value = headers[name];
  if (!value) throw new InvalidEventError(`the header ${name} is missing`);
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readData(definition: EventDefinition, value: Uint8Array, source: string): { accountSid: string } {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(value));
  } catch (cause) {
    throw new InvalidEventError(`the value of a ${definition.type} is not JSON`, { cause });
  }
  const result = (definition.schema as z.ZodType<{ accountSid: string }>).safeParse(json);
  if (result.success) {
    if (source === `/accounts/${result.data.accountSid}`) return result.data;
    throw new InvalidEventError(`ce_source "${source}" does not name the account of the data`);
  }
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'data'}: ${issue.message}`);
  throw new InvalidEventError(`not a valid ${definition.type}: ${issues.join('; ')}`, { cause: result.error });
}
