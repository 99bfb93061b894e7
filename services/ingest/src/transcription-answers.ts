import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { TranscriptionAnswers } from './accept-transcription-answer.ts';
import type { IngestConfig } from './config.ts';

/** The store of the speech provider's answers, where they are taken; one that is given stays open. */
export async function openAnswers(
  config: IngestConfig['answers'],
  given: ObjectStore | undefined,
): Promise<{ taken: TranscriptionAnswers | undefined } & AsyncDisposable> {
  if (config === undefined) return { taken: undefined, [Symbol.asyncDispose]: async () => {} };
  const store = given ?? (await openObjectStore(config.objectStore));
  return {
    taken: { secret: config.secret, bytesMax: config.bytesMax, store },
    [Symbol.asyncDispose]: async () => (given === undefined ? store.close() : undefined),
  };
}
