import { createHash } from 'node:crypto';
import type { HeardAudio } from './heard-audio.ts';
import type { ListenOptions } from './listen-options.ts';
import { CONFIDENCE, type Recognised, transcriptOf } from './transcribe.ts';

/**
 * The answer of `POST /v1/listen`, in Deepgram's format. The model's name says that it is simulated.
 * Source: Deepgram "Pre-recorded audio: transcribe", response 200.
 */
export function listenAnswer(
  audio: HeardAudio,
  options: ListenOptions,
  { channels, durationSeconds }: Recognised,
  request: { id: string; created: Date },
) {
  const model = modelId(options.model);
  const utterances = channels.flat().sort((a, b) => a.start - b.start || a.channel - b.channel);
  return {
    metadata: {
      transaction_key: 'deprecated',
      request_id: request.id,
      sha256: audio.sha256,
      created: request.created.toISOString(),
      duration: durationSeconds,
      channels: channels.length,
      models: [model],
      model_info: { [model]: { name: `simulated-${options.model}`, version: 'simulated', arch: options.model } },
    },
    results: {
      channels: channels.map((spoken) => {
        const words = spoken.flatMap((utterance) => utterance.words);
        return {
          alternatives: [{ transcript: transcriptOf(words), confidence: words.length > 0 ? CONFIDENCE : 0, words }],
          ...(options.detectLanguage ? { detected_language: 'en', language_confidence: CONFIDENCE } : {}),
        };
      }),
      ...(options.utterances ? { utterances } : {}),
    },
  };
}

/** A UUID that follows from the model's name. */
function modelId(model: string): string {
  const hex = createHash('sha256').update(`simulated ${model}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
