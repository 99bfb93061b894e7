import { accountSid, recordingSid } from '../events/envelope.ts';
import { openTwilioSdk, type TwilioSdkOptions } from './open-sdk.ts';
import { isNotFound, twilioFailure } from './recordings-client-errors.ts';

interface RecordingName {
  accountSid: string;
  recordingSid: string;
}

/** Twilio's Recordings resource, as far as a deletion needs it. */
export interface RecordingsClient {
  /**
   * Deletes the media; the metadata stays visible for 40 days. Only a completed recording can be deleted.
   * @throws StageError `twilio-delete`; transient also while Twilio has not completed the recording (20009)
   */
  deleteRecording(name: RecordingName): Promise<'deleted' | 'not-found'>;
  /**
   * What Twilio has of it now, deleted ones included, for 40 days. Source: Twilio, changelog of 2022-03-03.
   * @throws StageError `twilio-fetch`
   */
  fetchRecording(name: RecordingName): Promise<{ status: string } | undefined>;
}

export type RecordingsClientOptions = Partial<Omit<TwilioSdkOptions, 'apiUrl' | 'accountSid'>> &
  Pick<TwilioSdkOptions, 'apiUrl' | 'accountSid'>;

/** Everything here is safe to repeat. */
export const LIMITS = { timeoutMs: 15_000, attemptsMax: 3, waitMaxMs: 10_000 };

/** The SDK is loaded on first use: it takes 0.1 to 0.2 s, and most processes never delete anything in their first seconds. */
export function createRecordingsClient(options: RecordingsClientOptions): RecordingsClient {
  let opening: ReturnType<typeof openTwilioSdk> | undefined;
  const resource = async (name: RecordingName) => {
    opening ??= openTwilioSdk({ ...LIMITS, ...options });
    const sdk = await opening;
    return sdk.api.v2010.accounts(accountSid.parse(name.accountSid)).recordings(recordingSid.parse(name.recordingSid));
  };
  return {
    deleteRecording: async (name) => {
      try {
        await (await resource(name)).remove();
        return 'deleted';
      } catch (error) {
        if (isNotFound(error)) return 'not-found';
        throw twilioFailure('twilio-delete', error);
      }
    },
    fetchRecording: async (name) => {
      try {
        const { status } = await (await resource(name)).fetch({ includeSoftDeleted: true });
        return { status };
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw twilioFailure('twilio-fetch', error);
      }
    },
  };
}
