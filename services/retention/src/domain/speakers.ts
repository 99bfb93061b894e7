import { type ChannelMap, orderOf } from './channel-map.ts';
import type { Recording } from './recording.ts';

export interface Speaker {
  /** Counts from 0. */
  channel: number;
  role: string;
}

/** The parent leg is who called, the child leg who was called through it. */
const ROLES = { 'parent-first': ['caller', 'called'], 'child-first': ['called', 'caller'] } as const;

/** The speakers by channel, where channels tell them apart; `undefined` on mono and conference recordings. */
export const speakersOf = (recording: Recording, map: ChannelMap): readonly Speaker[] | undefined =>
  hasLegsApart(recording)
    ? ROLES[orderOf(map, recording.recordingSource)].map((role, channel) => ({ channel, role }))
    : undefined;

/**
 * Voices must be told apart within the channels where several channels tell nobody apart. On one channel there is nothing but the voice,
 * and what the provider makes of it is its choice: one that cannot tell voices apart would have to refuse the recording.
 */
export const needsDiarization = (recording: Recording): boolean =>
  (recording.channels ?? 1) > 1 && !hasLegsApart(recording);

const hasLegsApart = ({ channels, conferenceSid }: Recording) => channels === 2 && conferenceSid === undefined;
