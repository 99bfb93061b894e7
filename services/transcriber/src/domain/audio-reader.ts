import type { AudioFormat } from './media-format.ts';

/** Follows audio while it passes, whatever the sizes of the pieces it comes in, and keeps next to nothing of it. */
export interface AudioReader {
  push(piece: Uint8Array): AudioReading;
  /** The part of the piece that was pushed last which is samples; nothing of what is compressed. */
  samplesIn(piece: Uint8Array): Uint8Array;
  /** After the last piece: what of the audio never came, as the end of a sentence; `undefined` when it is whole. */
  missing(): string | undefined;
  /** Of what was pushed so far, to the millisecond. */
  durationSeconds(): number;
}

export interface AudioReading {
  seenBytes: number;
  /** `undefined` until enough was seen. */
  format: AudioFormat | undefined;
  /** Why this is no usable audio; reading on changes nothing. */
  problem: string | undefined;
}
