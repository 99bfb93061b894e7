import type { conferenceParticipantJoined, DataOf } from '@onrecord/shared/events';
import * as read from './parameters.ts';

/**
 * A conference callback as the fact that a participant joined; undefined for every other conference event.
 * Source: Twilio, "Conference status callback".
 * @throws ParameterError
 */
export function readParticipant(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
): DataOf<typeof conferenceParticipantJoined> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const conferenceSid = read.requiredSid(parameters, 'ConferenceSid', 'CF');
  if (read.required(parameters, 'StatusCallbackEvent') !== 'participant-join') return undefined;
  return {
    accountSid: account,
    conferenceSid,
    callSid: read.requiredSid(parameters, 'CallSid', 'CA'),
    label: read.optional(parameters, 'ParticipantLabel'),
    joinedAt: read.instant(parameters, 'Timestamp') ?? receivedAt,
    parameters: { ...parameters },
  };
}
