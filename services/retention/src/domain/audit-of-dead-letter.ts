import {
  type deadLetterSettled,
  type EventOf,
  callSid as isCallSid,
  recordingSid as isRecordingSid,
} from '@onrecord/shared/events';
import { plainText } from '@onrecord/shared/telephony/phone-like';
import type { AuditEntry } from './audit-entry.ts';

/** A dead letter that a person settled, as it goes on record: whatever an event that nobody could handle says of itself. */
export function auditOfDeadLetter({ data }: EventOf<typeof deadLetterSettled>, now: Date): AuditEntry {
  const { accountSid, topic, partition, offset, outcome, settledBy, reason, settledAt } = data;
  const { eventId, eventType, eventSubject } = data;
  const plain = (text: string | undefined) => text && plainText(text);
  return {
    accountSid,
    at: now,
    kind: 'dead-letter.settled',
    actor: { kind: 'operator', id: plainText(settledBy) },
    subject: {
      recordingSid: isRecordingSid.safeParse(eventSubject).data,
      callSid: isCallSid.safeParse(eventSubject).data,
    },
    details: {
      outcome,
      topic: plainText(topic),
      // As numbers: as text, a late one would be like a phone number.
      partition,
      offset,
      reason: plain(reason),
      settledAt,
      event: { id: plain(eventId), type: plain(eventType), subject: plain(eventSubject) },
    },
  };
}
