import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { writeAlert } from './alerts.ts';
import { writeCall, writeParticipant } from './calls.ts';
import { writeConsent } from './consents.ts';
import { writeArchive, writeFailure, writeTranscript } from './media.ts';
import { writeMention, writeRecording } from './recordings.ts';
import { insertIfNew } from './rows.ts';

/** Writes what an event reports into the ledger; events that the ledger has no place for leave no trace. */
export async function writeFact(client: ClientBase, event: OnrecordEvent, now: Date): Promise<void> {
  await insertIfNew(client, 'ledger.accounts', { account_sid: event.data.accountSid, first_seen_at: now });
  switch (event.type) {
    case 'onrecord.call.status-changed.v1':
      return writeCall(client, event.data);
    case 'onrecord.conference.participant-joined.v1':
      return writeParticipant(client, event.data);
    case 'onrecord.alert.raised.v1':
      return writeAlert(client, event.data);
    case 'onrecord.consent.recorded.v1':
      return writeConsent(client, event, now);
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
    default:
      return;
  }
}
