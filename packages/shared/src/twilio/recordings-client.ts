import { accountSid, recordingSid } from '../events/envelope.ts';
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
   * What Twilio has of it now, deleted ones included.
   * @throws StageError `twilio-fetch`
   */
  fetchRecording(name: RecordingName): Promise<{ status: string } | undefined>;
}

export interface RecordingsClientOptions {
  /** `https://api.twilio.com`, a region's, or a simulator. */
  apiUrl: string;
  accountSid: string;
  /** Preferred over the auth token: it can be revoked by itself. */
  apiKey?: { sid: string; secret: string } | undefined;
  authToken?: string | undefined;
  /** For one request, in milliseconds. Default 15 s. */
  timeoutMs?: number | undefined;
  /** Requests in all before a failure is the caller's. Default 3. */
  attemptsMax?: number | undefined;
  /** A longer Retry-After is the caller's to wait for. Default 10 s. */
  waitMaxMs?: number | undefined;
  /** Ends the waiting between attempts. */
  signal?: AbortSignal | undefined;
}

/** The SDK is loaded on first use: it takes some 150 ms, and most processes never delete anything in their first seconds. */
export function createRecordingsClient(options: RecordingsClientOptions): RecordingsClient {
  let opening: ReturnType<typeof openSdk> | undefined;
  const resource = async (name: RecordingName) => {
    opening ??= openSdk(options);
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

async function openSdk({
  timeoutMs = 15_000,
  attemptsMax = 3,
  waitMaxMs = 10_000,
  ...options
}: RecordingsClientOptions) {
  const [{ default: Twilio }, { RebasedClient }] = await Promise.all([
    import('twilio/lib/rest/Twilio.js'),
    import('./recordings-client-http.ts'),
  ]);
  const { apiUrl, apiKey, authToken, signal } = options;
  return new Twilio(apiKey?.sid ?? options.accountSid, apiKey?.secret ?? authToken, {
    accountSid: options.accountSid,
    httpClient: new RebasedClient({ apiUrl, timeoutMs, attemptsMax, waitMaxMs, signal }),
    // The SDK would read TWILIO_EDGE and TWILIO_REGION by itself; where Twilio is, is said by TWILIO_API_URL alone.
    env: {},
  });
}
