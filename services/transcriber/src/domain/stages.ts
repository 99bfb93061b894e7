/** Where a recording's way through this service can fail; a failure names its stage to the failure policy and in events. */
export const STAGES = {
  /** The clearance itself asks for something that cannot be done. */
  clearance: 'clearance',
  /** Whether the clearance was withdrawn cannot be told. */
  withdrawal: 'withdrawal',
  mediaNotReady: 'media-not-ready',
  /** Twilio has no audio of this recording, and never will. */
  mediaGone: 'media-gone',
  mediaFetch: 'media-fetch',
  mediaCheck: 'media-check',
  /** The private key of an encrypted recording is missing, or is another one. */
  mediaDecrypt: 'media-decrypt',
  archive: 'archive',
  publishArchived: 'publish-archived',
  transcriptionOptions: 'transcription-options',
  /** What is in the store is not what the manifest names. */
  archivedAudio: 'archived-audio',
  /** What may be spent in a day is spent: nothing failed, it waits. */
  transcriptionBudget: 'transcription-budget',
  transcriptionRequest: 'transcription-request',
  /** The answer that was to be called back did not come. */
  transcriptionCallback: 'transcription-callback',
  transcriptionAnswer: 'transcription-answer',
  transcriptStore: 'transcript-store',
  publishTranscript: 'publish-transcript',
} as const;
export type Stage = (typeof STAGES)[keyof typeof STAGES];

const TRANSCRIPTION_STAGES: readonly string[] = [
  STAGES.transcriptionOptions,
  STAGES.archivedAudio,
  STAGES.transcriptionBudget,
  STAGES.transcriptionRequest,
  STAGES.transcriptionCallback,
  STAGES.transcriptionAnswer,
  STAGES.transcriptStore,
  STAGES.publishTranscript,
];
const ARCHIVE_STAGES: readonly string[] = [
  STAGES.clearance,
  STAGES.mediaNotReady,
  STAGES.mediaGone,
  STAGES.mediaFetch,
  STAGES.mediaCheck,
  STAGES.mediaDecrypt,
  STAGES.archive,
];

/** What a failure in this stage leaves undone; `undefined` where the stage alone does not tell. */
export function failedPart(stage: string): 'archive' | 'transcript' | undefined {
  if (TRANSCRIPTION_STAGES.includes(stage)) return 'transcript';
  return ARCHIVE_STAGES.includes(stage) ? 'archive' : undefined;
}
