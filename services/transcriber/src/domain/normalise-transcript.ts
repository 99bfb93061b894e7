import type { ProviderTranscript, ProviderUtterance, ProviderWord } from './provider-transcript.ts';
import type { TranscriptSpeaker, TranscriptTurn } from './transcript.ts';

/** Who speaks on which channel, from the call's legs. */
export interface ChannelSpeaker {
  channel: number;
  role: string;
}

export interface NormalisedTurns {
  speakers: TranscriptSpeaker[];
  turns: TranscriptTurn[];
}

const UNKNOWN_SPEAKER = 'unknown';

/**
 * Turns in the order of their beginning, each with a speaker's label. A channel's speaker comes from the call's legs; a voice
 * told apart by the provider is a numbered `Speaker`; whoever is neither is `unknown`: a speaker is never guessed.
 * @param legs `same-sound` where every channel carries all of the call: the provider hears everybody on each, and numbers their voices
 *   on each anew, so that neither tells who it was
 */
export function normaliseTurns(
  answer: ProviderTranscript,
  legs: readonly ChannelSpeaker[] | 'same-sound',
): NormalisedTurns {
  const spoken = answer.utterances.filter((utterance) => utterance.text.trim() !== '');
  const label = legs === 'same-sound' ? unknownLabel : speakerLabels(spoken, answer.channels, legs);
  const speakers = new Map<string, TranscriptSpeaker>();
  const turns = spoken.map((utterance) => {
    const speaker = label(utterance);
    speakers.set(`${speaker.channel} ${speaker.label}`, speaker);
    return toTurn(utterance, speaker.label);
  });
  turns.sort((a, b) => a.start - b.start || a.channel - b.channel || a.end - b.end);
  return { turns, speakers: [...speakers.values()].sort((a, b) => a.channel - b.channel || compare(a.label, b.label)) };
}

function speakerLabels(spoken: readonly ProviderUtterance[], channels: number, legs: readonly ChannelSpeaker[]) {
  // The map is of the recording's channels. Where the audio has fewer (mixed down), it says nothing about a voice.
  const mapApplies = legs.every((leg) => leg.channel < channels);
  const roles = new Map(mapApplies ? legs.map((leg) => [leg.channel, leg.role]) : []);
  const voices = new Map<number, Set<number>>();
  for (const { channel, speaker } of spoken) {
    if (speaker !== undefined) voices.set(channel, (voices.get(channel) ?? new Set()).add(speaker));
  }
  return ({ channel, speaker }: ProviderUtterance): TranscriptSpeaker => {
    const role = roles.get(channel);
    const isOneOfSeveral = (voices.get(channel)?.size ?? 0) > 1;
    if (role !== undefined && !isOneOfSeveral) return { label: role, channel, basis: 'channel' };
    if (speaker === undefined)
      return { label: role ?? unknownOn(channel, channels), channel, basis: role ? 'channel' : 'unknown' };
    const owner = role ?? (channels > 1 ? unknownOn(channel, channels) : undefined);
    const voice = `Speaker ${speaker + 1}`;
    return { label: owner === undefined ? voice : `${owner}, ${voice}`, channel, basis: 'diarization' };
  };
}

const unknownLabel = ({ channel }: ProviderUtterance): TranscriptSpeaker => ({
  label: UNKNOWN_SPEAKER,
  channel,
  basis: 'unknown',
});

/** Two unknown people on two channels are still two people. */
const unknownOn = (channel: number, channels: number) =>
  channels > 1 ? `${UNKNOWN_SPEAKER}, channel ${channel}` : UNKNOWN_SPEAKER;

const toTurn = (utterance: ProviderUtterance, speaker: string): TranscriptTurn => ({
  speaker,
  channel: utterance.channel,
  ...span(utterance),
  text: utterance.text.trim(),
  words: utterance.words.map((word) => ({ text: word.text, ...span(word) })),
});

/** Milliseconds are as much as a provider means; an end never lies before its start. */
function span({ start, end, confidence }: Pick<ProviderWord, 'start' | 'end' | 'confidence'>) {
  const from = milliseconds(Math.max(0, start));
  const sure = confidence === undefined ? {} : { confidence: Math.min(1, Math.max(0, confidence)) };
  return { start: from, end: Math.max(from, milliseconds(end)), ...sure };
}

const milliseconds = (value: number) => Math.round(value * 1_000) / 1_000;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
