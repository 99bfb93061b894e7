import { deadLetterSettled, type OnrecordEvent } from '@onrecord/shared/events';
import type { FactLedger } from './accept-fact.ts';

/**
 * Handles `onrecord.compliance`, of which all but one kind is what retention itself tells: that dead letters were settled, by people who
 * have the event log alone. The others are passed over unread.
 */
export async function onCompliance(event: OnrecordEvent, { ledger }: { ledger: FactLedger }): Promise<void> {
  if (event.type !== deadLetterSettled.type) return;
  await ledger.record(event, { publish: false });
}
