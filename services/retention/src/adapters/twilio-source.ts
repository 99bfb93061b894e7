import type { RecordingsClient } from '@onrecord/shared/twilio/recordings-client';
import { TWILIO_METADATA_MS } from '../domain/deletion-event.ts';
import type { SourcePlace } from '../places/twilio.ts';

/**
 * Twilio's copy of a recording, deleted and then looked up afresh: only what Twilio itself calls gone counts as gone. A recording
 * of the last 40 days that Twilio has never heard of is no evidence of a deletion but of a look in the wrong place; but for one that never
 * came to be.
 */
export const twilioSource = (client: RecordingsClient, clock: () => Date): SourcePlace => ({
  deleteAndConfirm: async (key, knownSince, before) => {
    const known = await client.fetchRecording(key);
    // Also where a look shows nothing: what is asked to go is never asked for without a note, and never under a hold.
    await before(known !== undefined && known.status !== 'deleted');
    const outcome = await client.deleteRecording(key);
    const found = await client.fetchRecording(key);
    if (found !== undefined && found.status !== 'deleted') {
      throw new Error(`Twilio took the deletion and still shows the recording as ${found.status}`);
    }
    const metadataShown = found !== undefined;
    if (outcome === 'deleted') return { outcome, metadataShown };
    const wouldBeShown = knownSince !== undefined && clock().getTime() - knownSince.getTime() <= TWILIO_METADATA_MS;
    if (found === undefined && wouldBeShown) {
      throw new Error(
        'Twilio does not know this recording, although it would still show a deleted one: check TWILIO_API_URL (the region) and TWILIO_ACCOUNT_SID',
      );
    }
    return { outcome: 'already-gone', metadataShown };
  },
  look: async (key) => {
    const found = await client.fetchRecording(key);
    if (found === undefined) return 'nothing';
    return found.status === 'deleted' ? 'metadata' : 'recording';
  },
});
