import type { StoredObject } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { releaseChunk } from '@onrecord/shared/object-store/release-chunk';
import { inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import type { MeasuredAudio } from '../domain/levels/level-meter.ts';
import { type AudioFormat, CONTENT_TYPES, type MediaFormat } from '../domain/media-format.ts';
import type { MediaRequest, MediaSource, SourceEncryption } from '../media-source.ts';
import { describe } from '../stored-json.ts';
import { type CheckedAudio, checkAudio } from './checked-audio.ts';
import type { ProviderLeg } from './provider-leg.ts';

/** Audio that is in the store, or on its way there, and what its header says. */
export interface StoredAudio {
  media: StoredObject;
  format: AudioFormat;
  durationSeconds: number;
  /** What was measured while it passed, or why nothing could be. */
  measured: MeasuredAudio | string;
  /** Whether these bytes passed through this attempt, and so through its leg. */
  isRelayed: boolean;
  /** What the source had to decrypt. */
  encryption: SourceEncryption | undefined;
}

/** Asked when the audio's format is known and its bytes begin to flow; may answer with a second sink. */
export type Beside = (audio: { format: AudioFormat; bytes: number | undefined }) => ProviderLeg | undefined;

export interface RelayDependencies {
  source: Pick<MediaSource, 'open'>;
  store: Pick<ObjectStore, 'put'>;
  beside?: Beside | undefined;
  /** A recording that is markedly shorter is not ready yet; absent: it is taken as it is. */
  expectedSeconds?: number | undefined;
}

/**
 * Moves a recording from its source into the store and, where `beside` says so, to a provider, in one pass. The store drives
 * the pace; the provider's leg never slows it down and never makes it fail.
 * @param keys one of which it gets, by the format in which it comes
 * @throws StageError of the source; ObjectExistsError when the store has the recording already
 */
export async function relayMedia(
  recording: MediaRequest,
  keys: Readonly<Record<MediaFormat, string>>,
  { source, store, beside, expectedSeconds }: RelayDependencies,
  signal: AbortSignal,
): Promise<StoredAudio> {
  const fetching = new AbortController();
  const opened = await source.open(recording, AbortSignal.any([signal, fetching.signal]));
  const failure: { ofSource?: unknown } = {};
  let leg: ProviderLeg | undefined;
  try {
    const audio = await checkAudio(opened, recording.format, expectedSeconds);
    const { container } = audio.format;
    const contentType = CONTENT_TYPES[container];
    leg = beside?.({ format: audio.format, bytes: audio.contentLength });
    const result = await inSpan('store media', {}, () =>
      store
        .put(keys[container], feeding(audio, leg, failure), { contentType, createOnly: true, signal })
        // A store may wrap what its source threw; what happened is the source's failure.
        .catch((error: unknown) => Promise.reject(failure.ofSource ?? error)),
    );
    return {
      media: describe(result, contentType),
      format: audio.format,
      durationSeconds: audio.durationSeconds(),
      measured: audio.measured(),
      isRelayed: true,
      encryption: opened.encryption,
    };
  } catch (error) {
    leg?.abandon('the recording could not be archived');
    throw error;
  } finally {
    fetching.abort();
  }
}

async function* feeding(audio: CheckedAudio, leg: ProviderLeg | undefined, failure: { ofSource?: unknown }) {
  try {
    for await (const piece of audio.body) {
      const isKept = leg?.offer(piece) ?? false;
      yield piece;
      if (!isKept) releaseChunk(piece);
    }
  } catch (error) {
    failure.ofSource = error;
    leg?.abandon('its source failed');
    throw error;
  }
  leg?.end();
}
