import { StageError } from '../event-log/failure-policy.ts';
import { isFinal } from '../events/call-statuses.ts';
import { accountSid, callSid } from '../events/envelope.ts';
import { openTwilioSdk } from './open-sdk.ts';
import { LIMITS, type RecordingsClientOptions } from './recordings-client.ts';
import { isNotFound, twilioFailure } from './recordings-client-errors.ts';

/** Twilio's Calls resource, as far as an erasure needs it. */
export interface CallsClient {
  /**
   * Deletes the record of a call leg that has ended, and sees by a fresh look that it is gone. Twilio can take up to 14 days to let it be
   * deleted. Source: Twilio, "Delete a Call resource", and error 20009.
   * @returns `not-found`: Twilio does not know the call there, and nothing was asked for
   * @param before called right before Twilio is asked to delete what it shows; nothing is deleted when that fails
   * @throws what `before` throws; StageError `twilio-fetch`, `twilio-delete`; transient while the leg has not ended
   */
  deleteCall(
    name: { accountSid: string; callSid: string },
    before: () => Promise<unknown>,
  ): Promise<'deleted' | 'not-found'>;
}

/** The SDK is loaded on first use, as for recordings. */
export function createCallsClient(options: RecordingsClientOptions): CallsClient {
  let opening: ReturnType<typeof openTwilioSdk> | undefined;
  const resource = async (name: { accountSid: string; callSid: string }) => {
    opening ??= openTwilioSdk({ ...LIMITS, ...options });
    const sdk = await opening;
    return sdk.api.v2010.accounts(accountSid.parse(name.accountSid)).calls(callSid.parse(name.callSid));
  };
  type Call = Awaited<ReturnType<typeof resource>>;
  const statusOf = async (call: Call): Promise<string | undefined> => {
    try {
      return (await call.fetch()).status;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw twilioFailure('twilio-fetch', error);
    }
  };
  const remove = async (call: Call): Promise<void> => {
    try {
      await call.remove();
    } catch (error) {
      if (!isNotFound(error)) throw twilioFailure('twilio-delete', error);
    }
  };
  return {
    deleteCall: async (name, before) => {
      const call = await resource(name);
      const status = await statusOf(call);
      if (status === undefined) return 'not-found';
      if (!isFinal(status)) {
        throw new StageError('twilio-delete', `the call is ${status} at Twilio: it has not ended`, {
          kind: 'transient',
        });
      }
      await before();
      await remove(call);
      const left = await statusOf(call);
      if (left === undefined) return 'deleted';
      throw new StageError('twilio-delete', `Twilio took the deletion and still shows the call as ${left}`, {
        kind: 'transient',
      });
    },
  };
}
