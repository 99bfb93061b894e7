/** What places a recording in the object store; a cleared event carries all of it. */
export interface RecordingPlace {
  accountSid: string;
  recordingSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  /** RFC 3339 with any offset; the folder's date is its date in UTC. */
  startedAt: string;
}

/** A recording that Twilio attributes to neither a call nor a conference still needs a folder. */
const NO_CALL = 'no-call';

/**
 * `{AccountSid}/{yyyy}/{mm}/{dd}/{CallSid|ConferenceSid}/{RecordingSid}/`: the folder of all objects of a recording, ending in
 * `/`. Part of the contract: who writes there and who deletes there must name the same folder.
 */
export function recordingFolder(place: RecordingPlace): string {
  const date = new Date(place.startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  const parent = place.callSid ?? place.conferenceSid ?? NO_CALL;
  return `${place.accountSid}/${date}/${parent}/${place.recordingSid}/`;
}

/** `{AccountSid}/withdrawn/{RecordingSid}/`: apart from the recording's folder, since it must outlast what is deleted there. */
export const withdrawalsFolder = ({ accountSid, recordingSid }: Pick<RecordingPlace, 'accountSid' | 'recordingSid'>) =>
  `${accountSid}/withdrawn/${recordingSid}/`;

/** The object whose being there says that a clearance, by its number among the recording's decisions, holds no more. */
export const withdrawalKey = (recording: Pick<RecordingPlace, 'accountSid' | 'recordingSid'>, decision: number) =>
  `${withdrawalsFolder(recording)}${decision}.json`;
