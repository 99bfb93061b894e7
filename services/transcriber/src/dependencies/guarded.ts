import { StageError } from '@onrecord/shared/event-log/failure-policy';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  type ObjectStore,
  ObjectStoreError,
} from '@onrecord/shared/object-store/port';
import { STAGES } from '../domain/stages.ts';
import type { MediaSource } from '../media-source.ts';
import type { TranscriptionProvider } from '../transcription-provider.ts';
import type { Dependencies } from './dependencies.ts';
import type { Dependency } from './dependency.ts';
import { learnFrom } from './learn-from.ts';

/** Learns from what is sent. Whoever sends asks for admission first, before anything is noted or spent for a request. */
export const watchProvider = <P extends TranscriptionProvider>(provider: P, dependency: Dependency): P => ({
  ...provider,
  send: (request) => {
    const { audio, signal } = request;
    const isOurs = () => signal.aborted || audio.errored instanceof StageError;
    return learnFrom(dependency, isOurs, () => provider.send(request));
  },
});

/** Nothing is fetched where an account's media are left alone; other accounts are not concerned. */
export const guardSource = <S extends MediaSource>(source: S, dependencies: Dependencies): S => ({
  ...source,
  open: async (recording, signal) => {
    const dependency = dependencies.named(`the media of ${recording.accountSid}`);
    dependency.admit(STAGES.mediaFetch);
    return learnFrom(
      dependency,
      () => signal.aborted,
      () => source.open(recording, signal),
    );
  },
});

/**
 * Learns from whatever is asked of the store, and keeps nothing from it: what is under way, such as an answer that was paid for, is
 * worth every try. Work is kept from a store that is away before it begins.
 */
export function watchStore(store: ObjectStore, dependency: Dependency): ObjectStore {
  const watched = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      const answer = await ask();
      dependency.learn('answered');
      return answer;
    } catch (error) {
      if (error instanceof ObjectExistsError || error instanceof ObjectNotFoundError) dependency.learn('answered');
      else if (error instanceof ObjectStoreError) {
        dependency.learn({ trouble: 'away', retryAfterMs: undefined, reason: error.message });
      }
      throw error;
    }
  };
  return {
    ...store,
    put: (...put) => watched(() => store.put(...put)),
    get: (...get) => watched(() => store.get(...get)),
    head: (key) => watched(() => store.head(key)),
  };
}
