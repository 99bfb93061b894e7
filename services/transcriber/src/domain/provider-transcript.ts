/** A transcript in the terms every provider can be read in. Times are seconds from the start of the audio. */
export interface ProviderTranscript {
  requestId: string | undefined;
  model: string | undefined;
  /** BCP 47, where the provider names one language for all of the audio. */
  language: string | undefined;
  /** Channels that were transcribed apart from each other; 1 when they were mixed or there is one. */
  channels: number;
  durationSeconds: number | undefined;
  /** What the provider charges for: audio seconds, times the channels where each is transcribed. */
  billedSeconds: number;
  utterances: readonly ProviderUtterance[];
}

export interface ProviderUtterance {
  /** From 0. */
  channel: number;
  /** The provider's number for a voice within the channel, from 0; absent when voices were not separated. */
  speaker: number | undefined;
  start: number;
  end: number;
  /** From 0 to 1. */
  confidence: number | undefined;
  text: string;
  words: readonly ProviderWord[];
}

export interface ProviderWord {
  text: string;
  start: number;
  end: number;
  confidence: number | undefined;
}
