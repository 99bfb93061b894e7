import type { conferenceParticipantJoined, DataOf } from '@onrecord/shared/events';
import { isUnhappy } from '@onrecord/shared/events/call-statuses';
import * as read from './parameters.ts';

/**
 * The status of a participant who was called and never came; undefined for every other callback. Whoever was called into a conference
 * and was not reached leaves it without having joined. Source: Twilio changelog of 2023-10-25, "ParticipantCallStatus".
 */
export function readJoinFailure(parameters: read.Parameters): string | undefined {
  const { StatusCallbackEvent: event, ParticipantCallStatus: status } = parameters;
  return event === 'participant-leave' && isUnhappy(status) ? status : undefined;
}

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
