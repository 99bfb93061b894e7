import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { STAGES } from '../domain/stages.ts';

/**
 * Reads audio that a manifest names, in the version that it names. The last piece comes only when length and hash are the manifest's:
 * whoever sends it on has not sent it whole before that is certain.
 * @returns a stream that fails with StageError `archived-audio` when it is other audio
 * @throws ObjectNotFoundError; StageError `archived-audio` when the length tells already
 */
export async function openArchivedAudio(
  media: StoredObject,
  store: Pick<ObjectStore, 'get'>,
  signal: AbortSignal,
): Promise<Readable> {
  const { body, bytes } = await store.get(media.key, { signal, versionId: media.versionId });
  // Whoever reads sees the error; before and after that nobody listens.
  body.on('error', () => {});
  if (bytes !== media.bytes) {
    body.destroy();
    throw otherAudio(media, `${bytes} bytes instead of ${media.bytes}`);
  }
  return Readable.from(verified(body, media), { objectMode: false })
    .on('error', () => {})
    .on('close', () => body.destroy());
}

async function* verified(body: AsyncIterable<Uint8Array>, media: StoredObject): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const piece of body) {
    if (held) yield held;
    hash.update(piece);
    held = piece;
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== media.sha256) throw otherAudio(media, `SHA-256 ${sha256} instead of ${media.sha256}`);
  if (held) yield held;
}

function otherAudio({ key, versionId }: StoredObject, difference: string): StageError {
  const name = versionId === undefined ? key : `${key}, version ${versionId},`;
  const text = `${name} is not the audio that its manifest names (${difference}): it is not transcribed`;
  return new StageError(STAGES.archivedAudio, text, { kind: 'permanent' });
}
