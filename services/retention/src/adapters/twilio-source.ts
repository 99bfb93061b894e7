import type { RecordingsClient } from '@onrecord/shared/twilio/recordings-client';
import type { SourcePlace } from '../delete-recording.ts';

/** Twilio's copy of a recording, deleted and then looked up afresh: only what Twilio itself calls gone counts as gone. */
export const twilioSource = (client: RecordingsClient): SourcePlace => ({
  deleteAndConfirm: async (key) => {
    const outcome = await client.deleteRecording(key);
    const found = await client.fetchRecording(key);
    if (found !== undefined && found.status !== 'deleted') {
      throw new Error(`Twilio took the deletion and still shows the recording as ${found.status}`);
    }
    return outcome === 'deleted' ? 'deleted' : 'already-gone';
  },
});
