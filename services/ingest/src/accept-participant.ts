import { conferenceParticipantJoined, createEvent } from '@onrecord/shared/events';
import type { Callback, MeasuredAcceptance } from './acceptance.ts';
import { readJoinFailure, readParticipant } from './domain/read-participant.ts';

/**
 * Takes in that somebody joined a conference, and counts it, as who was called into one in vain; other conference events change nothing here. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function acceptParticipant(
  callback: Callback,
  { publish, conferenceJoin }: MeasuredAcceptance,
): Promise<void> {
  const data = readParticipant(callback.parameters, callback.accountSid, callback.receivedAt);
  const failure = readJoinFailure(callback.parameters);
  if (failure !== undefined) conferenceJoin(failure);
  if (data === undefined) return;
  await publish([
    createEvent(conferenceParticipantJoined, data, { time: data.joinedAt, traceparent: callback.traceparent }),
  ]);
  conferenceJoin('joined');
}
