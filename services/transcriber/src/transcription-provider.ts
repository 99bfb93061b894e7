import type { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { AskedOptions, StoredObject } from '@onrecord/shared/events';
import type { AudioFormat, MediaFormat } from './domain/media-format.ts';
import type { ProviderOptions } from './domain/options-fingerprint.ts';
import type { ProviderTranscript } from './domain/provider-transcript.ts';

type HeardAudio = Pick<AudioFormat, 'channels' | 'container'>;

/** A speech-to-text service. Sending and reading are apart, so that a stored answer is read like a fresh one. */
export interface TranscriptionProvider {
  /** As it appears in events, transcripts and metrics. */
  readonly name: string;
  /** Where it is asked: one model costs something else at another host. */
  readonly host: string;
  /** True when the words are invented. */
  readonly simulated: boolean;
  /** How many channels of such audio it hears apart from each other: 1 where it can only have them mixed. */
  channelsHeard(audio: HeardAudio): number;
  /**
   * The request for audio of so many channels, exactly as it is sent; its fingerprint identifies what is paid for.
   * @throws StageError (permanent) naming an option that this provider cannot meet
   */
  optionsFor(options: AskedOptions, channels: number): ProviderOptions;
  /**
   * Sends the audio once and waits for the answer; never retries by itself.
   * @throws RefusedByProviderError when the provider says that it did nothing; else StageError, and what was sent may be billed
   */
  send(request: ProviderRequest): Promise<ProviderAnswer>;
  /** Present where this provider is asked about archived audio alone, and never beside the relay. */
  readonly archivedOnly?: ArchivedOnly;
  /**
   * @throws StageError (permanent) when the answer has no shape known here, or is not of `channels` channels
   */
  read(answer: Uint8Array, channels: number): ProviderTranscript;
}

/** The provider answered that it did not do the work, or was not asked at all: nothing is billed. */
export class RefusedByProviderError extends StageError {}

interface ArchivedOnly {
  /** Whether it fetches the audio itself: what was not sent tells nothing of what it has. */
  readonly fetches: boolean;
  /**
   * Waits for the answer to a request that was made before, by this process or another one.
   * @returns `undefined` where none was made, or none is to be expected any more
   * @throws StageError
   */
  earlierAnswer(
    archived: ArchivedAudio,
    options: ProviderOptions,
    signal: AbortSignal,
  ): Promise<ProviderAnswer | undefined>;
}

/** Audio in the store, as its manifest names it. */
export interface ArchivedAudio {
  /** The recording's folder, ending in `/`. */
  folder: string;
  media: StoredObject;
}

export interface ProviderRequest {
  audio: Readable;
  /** Where the same audio is archived; absent beside the relay. */
  archived?: ArchivedAudio | undefined;
  /** Default: `wav`. */
  format?: MediaFormat | undefined;
  /** Known when the source named a length; absent means chunked. */
  bytes: number | undefined;
  options: ProviderOptions;
  signal: AbortSignal;
}

export interface ProviderAnswer {
  /** The answer's body, untouched. */
  body: Uint8Array;
  requestId: string | undefined;
}
