import type { consentRecorded, EventOf, OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { Actor } from '../domain/actor.ts';
import { auditOfConsent } from '../domain/audit-of-consent.ts';
import { auditOfDeadLetter } from '../domain/audit-of-dead-letter.ts';
import { personOf } from '../erasures/subject-names.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { writeAlert } from './alerts.ts';
import { writeCall, writeParticipant } from './calls.ts';
import { writeConsent } from './consents.ts';
import { writeArchive, writeFailure, writeTranscript } from './media.ts';
import { writeMention, writeRecording } from './recordings.ts';
import { noteRefusedNumber } from './refused-numbers.ts';
import { insertIfNew } from './rows.ts';

/** When, by whom, and as what numbers go on record. */
export interface FactContext {
  now: Date;
  actor: Actor;
  pseudonyms: Pseudonyms;
}

/** Writes what an event reports into the ledger; events that the ledger has no place for leave no trace. */
export async function writeFact(client: ClientBase, event: OnrecordEvent, context: FactContext): Promise<void> {
  const { now } = context;
  await insertIfNew(client, 'ledger.accounts', { account_sid: event.data.accountSid, first_seen_at: now });
  switch (event.type) {
    case 'onrecord.call.status-changed.v1':
      return writeCall(client, event.data);
    case 'onrecord.conference.participant-joined.v1':
      return writeParticipant(client, event.data);
    case 'onrecord.alert.raised.v1':
      return writeAlert(client, event.data);
    case 'onrecord.consent.recorded.v1':
      return keepConsent(client, event, context);
    case 'onrecord.recording.reported.v1':
      return writeRecording(client, event, now);
    case 'onrecord.recording.archived.v1':
      await writeMention(client, event.data, now);
      return writeArchive(client, event.data, now);
    case 'onrecord.transcript.completed.v1':
      await writeMention(client, event.data, now);
      return writeTranscript(client, event.data, now);
    case 'onrecord.recording.archive-failed.v1':
      await writeMention(client, event.data, now);
      return writeFailure(client, 'archive', event.data);
    case 'onrecord.transcript.failed.v1':
      await writeMention(client, event.data, now);
      return writeFailure(client, 'transcript', event.data);
    case 'onrecord.dead-letter.settled.v1':
      return appendAudit(client, [auditOfDeadLetter(event, now)]);
    default:
      return;
  }
}

async function keepConsent(
  client: ClientBase,
  event: EventOf<typeof consentRecorded>,
  { now, actor, pseudonyms }: FactContext,
): Promise<void> {
  const { number } = event.data;
  const person = number === undefined ? undefined : personOf(pseudonyms, number);
  if (number !== undefined && event.data.outcome !== 'granted') {
    await noteRefusedNumber(client, event.data.accountSid, number, pseudonyms);
  }
  if (!(await writeConsent(client, event, { person, actor, now }))) return;
  // Of a number that was erased, the pseudonym stands in the event already.
  await appendAudit(client, [auditOfConsent(event, actor, now, (text) => personOf(pseudonyms, text))]);
}
