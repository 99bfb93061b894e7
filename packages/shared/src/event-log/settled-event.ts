import { createEvent } from '../events/create.ts';
import { deadLetterSettled } from '../events/dead-letter-settled.ts';
import { accountSid, type EventOf } from '../events/envelope.ts';
import { isPhoneLike } from '../telephony/phone-like.ts';
import type { LogRecord, StoredRecord } from './port.ts';

export type SettledOutcome = 'replayed' | 'discarded';

/** Who settled it, why and when. Neither name nor reason may have a phone number in it: both outlast an erasure. */
export interface Settled {
  by: string;
  reason?: string | undefined;
  at: Date;
}

const SOURCE = /^\/accounts\/(.*)$/;

/** Whose event it is by its own word; `undefined` where it does not say so, as a record that is no event. */
export function accountIn({ ce_source: source = '' }: LogRecord['headers']): string | undefined {
  return accountSid.safeParse(SOURCE.exec(source)?.[1]).data;
}

/** What goes on record of it: the same, but for its moment, however often the same is done to the same letter. */
export function settledEvent(
  { topic, record }: { topic: string; record: StoredRecord },
  account: string,
  outcome: SettledOutcome,
  { by, reason, at }: Settled,
): EventOf<typeof deadLetterSettled> {
  const { ce_id: id, ce_type: type, ce_subject: subject } = record.headers;
  const time = at.toISOString();
  const data = {
    accountSid: account,
    topic,
    partition: record.partition,
    offset: Number(record.offset),
    outcome,
    settledBy: by,
    reason,
    settledAt: time,
    eventId: withoutNumber(id),
    eventType: withoutNumber(type),
    eventSubject: withoutNumber(subject),
  };
  return createEvent(deadLetterSettled, data, { time });
}

const withoutNumber = (text: string | undefined) => (!text || isPhoneLike(text) ? undefined : text);
