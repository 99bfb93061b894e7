import type { MediaFormat } from './domain/media-format.ts';

/** Where a recording's audio comes from; Twilio implements it. */
export interface MediaSource {
  /**
   * Opens the audio; the caller reads it to the end or aborts the signal.
   * @throws StageError naming what was answered and what helps
   */
  open(recording: MediaRequest, signal: AbortSignal): Promise<OpenMedia>;
  /**
   * How audio was encrypted that an earlier attempt stored; `undefined` where it was not.
   * @throws StageError
   */
  encryptionOf(recording: MediaRequest, signal: AbortSignal): Promise<SourceEncryption | undefined>;
}

export interface MediaRequest {
  accountSid: string;
  recordingSid: string;
  /** As reported; fewer may be served. Absent: as recorded. */
  channels: number | undefined;
  /** What is wanted. A source that does not serve a recording as MP3 serves it as WAV. */
  format: MediaFormat;
}

/** The audio was encrypted where it came from, and decrypted on its way. */
export interface SourceEncryption {
  /** The public key at Twilio that it was encrypted for. */
  publicKeySid: string;
}

export interface OpenMedia {
  body: AsyncIterable<Uint8Array>;
  /** Of `body`, as the server claims; absent with a chunked answer. */
  contentLength: number | undefined;
  encryption?: SourceEncryption | undefined;
}
