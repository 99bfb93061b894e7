import type { DataOf, recordingCleared } from '@onrecord/shared/events';
import { type ObjectKeys, objectKeys } from './domain/object-keys.ts';

/** A cleared recording, on its way through this service. */
export interface Clearance extends DataOf<typeof recordingCleared> {}

export const keysOf = (clearance: Clearance): ObjectKeys =>
  objectKeys({
    accountSid: clearance.accountSid,
    recordingSid: clearance.recordingSid,
    callSid: clearance.callSid,
    conferenceSid: clearance.conferenceSid,
    startedAt: clearance.recording.startedAt,
  });

/** What every event and object about this recording names. */
export const identityOf = ({ accountSid, recordingSid, callSid, conferenceSid }: Clearance) => ({
  accountSid,
  recordingSid,
  ...(callSid === undefined ? {} : { callSid }),
  ...(conferenceSid === undefined ? {} : { conferenceSid }),
});
