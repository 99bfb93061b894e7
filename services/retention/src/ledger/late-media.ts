import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { isMediaFact } from '../domain/media-facts.ts';

/**
 * Notes that something was said about the media of a recording whose deletion had begun, also when the same was said before: a
 * second archive of a recording reports itself under the id of the first, and a step that was given up may have left objects.
 * Of one that nothing is known of any more, the folder that has to be emptied is noted as well.
 * @returns whether it was late
 */
export async function noteLateMedia(client: ClientBase, event: OnrecordEvent, now: Date): Promise<boolean> {
  if (!isMediaFact(event)) return false;
  const { rowCount } = await client.query(
    `update ledger.recordings recording set late_media_at = $3,
       prefix = case when metadata_removed_at is null then prefix else coalesce($4, prefix) end
     where account_sid = $1 and recording_sid = $2 and (metadata_removed_at is not null or exists (
       select from ledger.deletions
       where account_sid = recording.account_sid and recording_sid = recording.recording_sid
     ))`,
    [event.data.accountSid, event.data.recordingSid, now, folderIn(event)],
  );
  return rowCount === 1;
}

/** Where something was stored, as the event tells. */
function folderIn(event: OnrecordEvent): string | undefined {
  if (event.type === 'onrecord.recording.archived.v1') return event.data.prefix;
  if (event.type !== 'onrecord.transcript.completed.v1') return undefined;
  const { key } = event.data.transcript;
  return key.slice(0, key.lastIndexOf('/') + 1);
}
