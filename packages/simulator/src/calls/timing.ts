/** How long things take in a call's own time. None of it is documented by Twilio; it is what such calls look like. */
export const TIMING = {
  /** From the connection of the called party's network to its ringing, and from ringing to the answer. */
  initiatedMs: 400,
  ringingMs: 2_000,
  /** Listening to a prompt: a word takes about this long. */
  promptWordMs: 350,
  /** From the end of the prompt to the key. */
  keyPressMs: 900,
  /** From the end of a recording to its media being there. */
  recordingProcessingMs: 3_000,
  /** Between two participants who join a conference. */
  joinMs: 800,
} as const;
