import type { OnrecordEvent } from '@onrecord/shared/events';

/**
 * What a fact is of that was asked for, and no callback told, of those that happened since then; `undefined` for every other one.
 * Alerts keep nothing that shows it. A resource of Twilio's REST API is named by `sid`, a callback names `RecordingSid` and `CallSid`.
 */
export function foundFact(event: OnrecordEvent, since: Date): 'recording' | 'call' | undefined {
  if (Date.parse(event.time) < since.getTime()) return undefined;
  if (event.type === 'onrecord.recording.reported.v1') return event.data.parameters.sid ? 'recording' : undefined;
  if (event.type === 'onrecord.call.status-changed.v1') return event.data.parameters.sid ? 'call' : undefined;
  return undefined;
}
