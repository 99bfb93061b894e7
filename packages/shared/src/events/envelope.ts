import { z } from 'zod';

/** `AC` + 32 hexadecimal digits: the account, which is the tenant everywhere. */
export const accountSid = z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'an AccountSid is AC and 32 hexadecimal digits');
export const callSid = z.string().regex(/^CA[0-9a-fA-F]{32}$/, 'a CallSid is CA and 32 hexadecimal digits');
export const recordingSid = z.string().regex(/^RE[0-9a-fA-F]{32}$/, 'a RecordingSid is RE and 32 hexadecimal digits');
export const conferenceSid = z.string().regex(/^CF[0-9a-fA-F]{32}$/, 'a ConferenceSid is CF and 32 hexadecimal digits');
export const instant = z.iso.datetime({ offset: true });
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** CloudEvents 1.0 attributes beside `data`. Source: CloudEvents specification 1.0.2, "Context Attributes". */
export interface EventEnvelope<Type extends string, Data> {
  specversion: '1.0';
  /** Derived from what is reported, so that the same fact found twice is one event. */
  id: string;
  /** `/accounts/{AccountSid}`: with `id`, unique. */
  source: string;
  /** `onrecord.{what happened}.v{n}`. */
  type: Type;
  /** What the event is about; equals the key on the event log. */
  subject: string;
  /** When the fact happened, or was first seen where its source gives no time. RFC 3339. */
  time: string;
  datacontenttype: 'application/json';
  /** W3C Trace Context, carried along from the callback that started it. */
  traceparent?: string;
  data: Data;
}

export const TOPICS = {
  telephony: 'onrecord.telephony',
  decisions: 'onrecord.decisions',
  media: 'onrecord.media',
  compliance: 'onrecord.compliance',
} as const;
type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/** One kind of event: where it goes, how it is keyed and identified, and what it carries. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  type: Type;
  topic: Topic;
  /** Unknown fields survive: every object is a loose object. */
  schema: Schema;
  key(data: z.output<Schema>): string;
  id(data: z.output<Schema>): string;
  /** One line for the AsyncAPI document. */
  summary: string;
}

export type EventOf<D> =
  D extends EventDefinition<infer Type, infer Schema> ? EventEnvelope<Type, z.output<Schema>> : never;
export type DataOf<D> = D extends EventDefinition<string, infer Schema> ? z.output<Schema> : never;

export const defineEvent = <const Type extends string, Schema extends z.ZodType>(
  definition: EventDefinition<Type, Schema>,
): EventDefinition<Type, Schema> => definition;
