import type { Attributes } from '@opentelemetry/api';
import type { OnrecordEvent } from '../../events/registry.ts';

const ATTRIBUTES = {
  accountSid: 'onrecord.account_sid',
  callSid: 'onrecord.call_sid',
  parentCallSid: 'onrecord.parent_call_sid',
  conferenceSid: 'onrecord.conference_sid',
  recordingSid: 'onrecord.recording_sid',
} as const;

export type Sids = Partial<Record<keyof typeof ATTRIBUTES, string>>;

/** What an event is about; nothing of one whose data cannot be read. */
export function sidsOf(event: OnrecordEvent): Sids {
  try {
    const data: Readonly<Record<string, unknown>> = event.data;
    const named = Object.keys(ATTRIBUTES).filter((name) => typeof data[name] === 'string');
    return Object.fromEntries(named.map((name) => [name, data[name]]));
  } catch {
    return {};
  }
}

/** As attributes of a span. */
export function sidAttributes(sids: Sids): Attributes {
  const names = Object.keys(sids) as (keyof Sids)[];
  return Object.fromEntries(names.map((name) => [ATTRIBUTES[name], sids[name]]));
}
