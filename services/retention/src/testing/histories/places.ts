import type { DeletedObject } from '../../domain/deletion.ts';
import type { ObjectPlace } from '../../places/objects.ts';
import type { SourcePlace } from '../../places/twilio.ts';

export const STORE = 'file:///recordings';

/** The bucket and Twilio of a history, in memory: what is there, and the moment at which each thing goes. */
export class Places {
  readonly objects = new Map<string, DeletedObject>();
  readonly atTwilio = new Set<string>();
  /** How many more things can be deleted before the places are away. */
  left = Number.POSITIVE_INFINITY;
  readonly #onGone: (key: string, versionId?: string) => void;
  #versions = 0;

  constructor(onGone: (key: string, versionId?: string) => void) {
    this.#onGone = onGone;
  }

  put(key: string): void {
    this.#versions += 1;
    const versionId = `v${this.#versions}`;
    this.objects.set(`${key}\n${versionId}`, { key, versionId });
  }

  /** What is there of a recording in the bucket, by name. */
  namesOf = (recordingSid: string): string[] =>
    [...this.objects.values()]
      .filter(({ key }) => key.includes(`/${recordingSid}/`) && !key.includes('/withdrawn/'))
      .map(({ key }) => key.slice(key.lastIndexOf('/') + 1));

  readonly bucket: ObjectPlace = {
    uri: STORE,
    put: async (key) => {
      this.put(key);
      return { key, bytes: 0, sha256: '', versionId: undefined } as never;
    },
    head: async (key) =>
      ([...this.objects.values()].some((each) => each.key === key) ? { bytes: 1 } : undefined) as never,
    deleteAllVersions: async (prefix, before, only = () => true) => {
      const found = [...this.objects].filter(([, { key }]) => key.startsWith(prefix) && only(key));
      const deleted: DeletedObject[] = [];
      // Batches of one: an outage can come between any two.
      for (const [id, object] of found) {
        await before?.([object]);
        this.#take();
        this.objects.delete(id);
        this.#onGone(object.key, object.versionId);
        deleted.push(object);
      }
      return { deleted, remaining: [] };
    },
  };

  readonly twilio: SourcePlace = {
    deleteAndConfirm: async ({ recordingSid }, _since, before) => {
      if (!this.atTwilio.has(recordingSid)) return { outcome: 'already-gone', metadataShown: false };
      await before(true);
      this.#take();
      this.atTwilio.delete(recordingSid);
      this.#onGone(recordingSid);
      return { outcome: 'deleted', metadataShown: false };
    },
    look: async ({ recordingSid }) => (this.atTwilio.has(recordingSid) ? 'recording' : 'nothing'),
  };

  #take(): void {
    if (this.left <= 0) throw new Error('the place is away');
    this.left -= 1;
  }
}
