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

/** Somebody who joined a conference. */
export interface Joined {
  label?: string | undefined;
  joinedAt: Date;
}

/** What is known of a call or conference beside its recording. */
export interface Company {
  /** Of the recorded leg, in Twilio's words, where it was told. */
  direction?: string | undefined;
  /** The first three, in the order of their joining: who comes later is on the channel of the third. */
  joined?: readonly Joined[] | undefined;
}

/**
 * The speakers by channel, where channels tell them apart; `undefined` where they do not, or it cannot be known.
 * `OutboundAPI` as the source tells of a placed call as well as its direction does.
 */
export function speakersOf(
  recording: Recording,
  map: ChannelMap,
  { direction, joined = [] }: Company,
): readonly Speaker[] | undefined {
  if (recording.channels !== 2) return undefined;
  if (recording.conferenceSid !== undefined) return conferenceSpeakers(joined);
  const { recordingSource: source } = recording;
  const isPlaced = direction === 'outbound-api' || (direction === undefined && source === 'OutboundAPI');
  const [parent, child] = ROLES[isPlaced ? 'isPlaced' : 'comesIn'];
  const roles = orderOf(map, source) === 'parent-first' ? [parent, child] : [child, parent];
  return roles.map((role, channel) => ({ channel, role }));
}

/**
 * Twilio puts who joined first on the first channel and everybody else on the second. Source: Twilio changelog of 2025-09-15,
 * "Dual-Channel Conference Recordings as default is now GA". Two that joined in the same moment may be either.
 */
function conferenceSpeakers([first, second, third]: readonly Joined[]): readonly Speaker[] | undefined {
  if (first === undefined || second === undefined || first.joinedAt >= second.joinedAt) return undefined;
  const areTold = third !== undefined || first.label !== second.label;
  const other = third === undefined ? (areTold && second.label) || 'second participant' : 'other participants';
  return [(areTold && first.label) || 'first participant', other].map((role, channel) => ({ channel, role }));
}

/**
 * Voices must be told apart within the channels where several channels tell nobody apart. On one channel there is nothing but the voice,
 * and what the provider makes of it is its choice: one that cannot tell voices apart would have to refuse the recording.
 */
export const needsDiarization = (recording: Recording): boolean =>
  (recording.channels ?? 1) > 1 && !hasLegsApart(recording);

const hasLegsApart = ({ channels, conferenceSid }: Recording) => channels === 2 && conferenceSid === undefined;
