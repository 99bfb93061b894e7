/** Where a recording's audio comes from; Twilio implements it. */
export interface MediaSource {
  /**
   * Opens the audio; the caller reads it to the end or aborts the signal.
   * @throws StageError naming what was answered and what helps
   */
  open(recording: MediaRequest, signal: AbortSignal): Promise<OpenMedia>;
}

export interface MediaRequest {
  accountSid: string;
  recordingSid: string;
  /** As reported; fewer may be served. Absent: as recorded. */
  channels: number | undefined;
}

export interface OpenMedia {
  body: AsyncIterable<Uint8Array>;
  /** As the server claims; absent with a chunked answer. */
  contentLength: number | undefined;
}
