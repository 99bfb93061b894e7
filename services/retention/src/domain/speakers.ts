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

/**
 * Voices must be told apart within the channels where several channels tell nobody apart. On one channel there is nothing but the voice,
 * and what the provider makes of it is its choice: one that cannot tell voices apart would have to refuse the recording.
 */
export const needsDiarization = (recording: Recording): boolean =>
  (recording.channels ?? 1) > 1 && speakersOf(recording) === undefined;
