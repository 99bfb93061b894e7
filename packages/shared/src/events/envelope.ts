import { z } from 'zod';

/** SIDs are compared as text, so there is one way to write each: Twilio's, with the digits in lower case. */
const sid = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`), `${what} is ${prefix} and 32 hexadecimal digits`);

/** The account, which is the tenant everywhere. */
export const accountSid = sid('AC', 'an AccountSid');
export const callSid = sid('CA', 'a CallSid');
export const recordingSid = sid('RE', 'a RecordingSid');
export const conferenceSid = sid('CF', 'a ConferenceSid');
export const alertSid = sid('NO', 'an AlertSid');
export const messageSid = z
  .string()
  .regex(/^(SM|MM)[0-9a-f]{32}$/, 'a MessageSid is SM or MM and 32 hexadecimal digits');

/** The one way to write a SID that came in by hand or in other letters; what is no SID is none afterwards either. */
export const canonicalSid = (text: string): string =>
  CANONICAL.test(text) ? text : text.slice(0, 2).toUpperCase() + text.slice(2).toLowerCase();

const CANONICAL = /^[A-Z]{2}[0-9a-f]{32}$/;
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
