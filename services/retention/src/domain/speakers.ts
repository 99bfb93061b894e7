import type { Recording } from './recording.ts';

export interface Speaker {
  /** Counts from 0. */
  channel: number;
  role: string;
}

/**
 * Who is on which channel of a two-channel call recording, by Twilio's documentation: the first channel is the parent leg, the
 * second the child leg (Recording resource, "RecordingChannels"). Observed accounts differ (some API and TwiML recordings came
 * the other way round), so this is the one place where the default is written down.
 */
const DEFAULT_CHANNEL_ROLES: readonly Speaker[] = [
  { channel: 0, role: 'caller' },
  { channel: 1, role: 'called' },
];

/** The speakers by channel, where channels tell them apart; `undefined` on mono and conference recordings. */
export function speakersOf(recording: Recording): readonly Speaker[] | undefined {
  return recording.channels === 2 && recording.conferenceSid === undefined ? DEFAULT_CHANNEL_ROLES : undefined;
}

/** Voices must be told apart within a channel wherever one channel carries more than one of them. */
export const needsDiarization = (recording: Recording): boolean => speakersOf(recording) === undefined;
