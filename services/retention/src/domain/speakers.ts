import { type ChannelMap, orderOf } from './channel-map.ts';
import type { Recording } from './recording.ts';

export interface Speaker {
  /** Counts from 0. */
  channel: number;
  role: string;
}

/**
 * The parent leg is who called, the child leg who was called through it. In a call that the account placed the parent leg is who was
 * called, and nobody called: the other one is whom that leg was connected to.
 */
const ROLES = { comesIn: ['caller', 'called'], isPlaced: ['called', 'connected'] } as const;

/**
 * The speakers by channel, where channels tell them apart; `undefined` on mono and conference recordings.
 * @param direction of the recorded leg, in Twilio's words, where it was told; `OutboundAPI` as the source tells it as well
 */
export function speakersOf(
  recording: Recording,
  map: ChannelMap,
  direction: string | undefined,
): readonly Speaker[] | undefined {
  if (!hasLegsApart(recording)) return undefined;
  const { recordingSource: source } = recording;
  const isPlaced = direction === 'outbound-api' || (direction === undefined && source === 'OutboundAPI');
  const [parent, child] = ROLES[isPlaced ? 'isPlaced' : 'comesIn'];
  const roles = orderOf(map, source) === 'parent-first' ? [parent, child] : [child, parent];
  return roles.map((role, channel) => ({ channel, role }));
}

/**
 * Voices must be told apart within the channels where several channels tell nobody apart. On one channel there is nothing but the voice,
 * and what the provider makes of it is its choice: one that cannot tell voices apart would have to refuse the recording.
 */
export const needsDiarization = (recording: Recording): boolean =>
  (recording.channels ?? 1) > 1 && !hasLegsApart(recording);

const hasLegsApart = ({ channels, conferenceSid }: Recording) => channels === 2 && conferenceSid === undefined;
