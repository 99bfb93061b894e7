import type { AskedOptions, TranscriptionOptions } from '@onrecord/shared/events';
import type { Recording } from './recording.ts';
import { needsDiarization } from './speakers.ts';

interface Asked {
  provider: string;
  /** Nothing that the provider cannot do. */
  options: AskedOptions;
  /** Whether it can tell voices apart. */
  canDiarize: boolean;
}

/** Whom transcription is asked of, and for what; the fallback when the first one cannot do it. */
export interface TranscriptionPolicy extends Asked {
  fallback: Asked | undefined;
}

/** What a recording is transcribed with: what the policy says, and voices told apart where only that tells who speaks. */
export function transcriptionOf(
  recording: Recording,
  { fallback, ...first }: TranscriptionPolicy,
): TranscriptionOptions {
  return {
    ...optionsFor(recording, first),
    ...(fallback && { fallback: { provider: fallback.provider, options: optionsFor(recording, fallback) } }),
  };
}

/** To tell voices apart is our wish and not the policy's: a provider that cannot is not asked, and its speakers stay unknown. */
const optionsFor = (recording: Recording, { canDiarize, options }: Asked): AskedOptions =>
  needsDiarization(recording) && canDiarize ? { diarize: true, ...options } : options;
