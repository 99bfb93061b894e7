import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { isMediaFact } from '../domain/media-facts.ts';

/**
 * Notes that something was said about the media of a recording whose deletion had begun, also when the same was said before: a
 * second archive of a recording reports itself under the id of the first, and a step that was given up may have left objects.
 * @returns whether it was late
 */
export async function noteLateMedia(client: ClientBase, event: OnrecordEvent, now: Date): Promise<boolean> {
  if (!isMediaFact(event)) return false;
  const { rowCount } = await client.query(
    `update ledger.recordings recording set late_media_at = $3
     where account_sid = $1 and recording_sid = $2 and exists (
       select from ledger.deletions
       where account_sid = recording.account_sid and recording_sid = recording.recording_sid
     )`,
    [event.data.accountSid, event.data.recordingSid, now],
  );
  return rowCount === 1;
}
