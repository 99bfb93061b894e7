import { conferenceParticipantJoined, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { readParticipant } from './domain/read-participant.ts';

/**
 * Takes in that somebody joined a conference; other conference events change nothing here. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function acceptParticipant(callback: Callback, { accountSid, publish }: Acceptance): Promise<void> {
  const data = readParticipant(callback.parameters, accountSid, callback.receivedAt);
  if (data === undefined) return;
  await publish([
    createEvent(conferenceParticipantJoined, data, { time: data.joinedAt, traceparent: callback.traceparent }),
  ]);
}
