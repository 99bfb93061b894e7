import { createHash } from 'node:crypto';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { CONTENT_TYPES, type MediaFormat } from '../domain/media-format.ts';
import { describe } from '../stored-json.ts';
import { checkAudio } from './checked-audio.ts';
import type { StoredAudio } from './relay-media.ts';

/**
 * Describes audio that an earlier attempt stored and could not describe any more: reads it once, for its hash, its header and its levels.
 * @throws ObjectNotFoundError; StageError when the object is not of this format
 */
export async function rereadMedia(
  key: string,
  format: MediaFormat,
  store: Pick<ObjectStore, 'get'>,
  signal: AbortSignal,
): Promise<Omit<StoredAudio, 'encryption'>> {
  const stored = await store.get(key, { signal });
  try {
    const audio = await checkAudio({ body: stored.body, contentLength: stored.bytes }, format);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of audio.body) {
      hash.update(piece);
      bytes += piece.length;
    }
    const { versionId } = stored;
    const result = { key, bytes, sha256: hash.digest('hex'), ...(versionId === undefined ? {} : { versionId }) };
    return {
      media: describe(result, CONTENT_TYPES[format]),
      format: audio.format,
      durationSeconds: audio.durationSeconds(),
      measured: audio.measured(),
      isRelayed: false,
    };
  } finally {
    stored.body.destroy();
  }
}
