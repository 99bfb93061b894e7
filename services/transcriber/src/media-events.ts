import {
  createEvent,
  type OnrecordEvent,
  recordingArchived,
  recordingArchiveFailed,
  transcriptCompleted,
  transcriptFailed,
} from '@onrecord/shared/events';
import type { Archive } from './archive-recording.ts';
import { type Clearance, identityOf, keysOf } from './clearance.ts';
import type { Transcription } from './transcribe-recording.ts';

type Traceparent = string | undefined;

/** The same event whenever it is repeated: everything in it comes from the manifest. */
export function archivedEvent(
  clearance: Clearance,
  { manifest, manifestObject }: Archive,
  store: string,
  traceparent: Traceparent,
): OnrecordEvent {
  const { archivedAt, audio, media, warnings, waveform } = manifest;
  const data = {
    ...identityOf(clearance),
    store,
    prefix: keysOf(clearance).prefix,
    media,
    manifest: manifestObject,
    waveform,
    warnings,
    channels: audio.channels,
    durationSeconds: audio.durationSeconds,
    archivedAt,
  };
  return createEvent(recordingArchived, data, { time: archivedAt, traceparent });
}

/** The same event whenever it is repeated: everything in it comes from `transcript.json`. */
export function completedEvent(
  clearance: Clearance,
  { transcript, transcriptObject }: Transcription,
  traceparent: Traceparent,
): OnrecordEvent {
  const { audio, billedSeconds, completedAt, cost, derived, language, optionsFingerprint, provider, simulated } =
    transcript;
  const { turns, uncertainSeconds } = transcript;
  const data = {
    ...identityOf(clearance),
    provider: provider.name,
    simulated,
    providerRequestId: provider.requestId,
    insteadOf: provider.insteadOf,
    audioSha256: audio.sha256,
    optionsFingerprint,
    language,
    turns: turns.length,
    words: turns.reduce((sum, turn) => sum + turn.words.length, 0),
    billedSeconds,
    cost,
    uncertainSeconds,
    transcript: transcriptObject,
    derived: [...derived, provider.response],
    completedAt,
  };
  return createEvent(transcriptCompleted, data, { time: completedAt, traceparent });
}

export interface Failure {
  stage: string;
  reason: string;
  attempts: number;
  failedAt: string;
}

export function failedEvent(
  part: 'archive' | 'transcript',
  clearance: Clearance,
  failure: Failure,
  traceparent: Traceparent,
): OnrecordEvent {
  const data = { ...identityOf(clearance), ...failure, decision: clearance.decision };
  const context = { time: failure.failedAt, traceparent };
  return part === 'archive'
    ? createEvent(recordingArchiveFailed, data, context)
    : createEvent(transcriptFailed, data, context);
}
