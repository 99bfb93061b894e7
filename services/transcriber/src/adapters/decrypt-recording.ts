import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { releaseChunk } from '@onrecord/shared/object-store/release-chunk';
import type { EncryptionDetails } from '../domain/encryption-details.ts';
import { STAGES } from '../domain/stages.ts';

/** AES-GCM's tag: the last bytes of what Twilio serves. Source: Twilio, "Voice Recording Encryption". */
export const TAG_BYTES = 16;

/**
 * The content key of one recording.
 * @throws StageError naming the key and the setting: transient, since the right key makes the same event succeed
 */
export function unwrapContentKey(
  { publicKeySid, encryptedCek }: EncryptionDetails,
  keys: ReadonlyMap<string, KeyObject>,
): Buffer {
  const key = keys.get(publicKeySid);
  if (key === undefined) {
    throw keyError(`its private key is not configured: add ${publicKeySid} to RECORDING_KEYS_FILE`, publicKeySid);
  }
  try {
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      Buffer.from(encryptedCek, 'base64'),
    );
  } catch (cause) {
    const why = `what RECORDING_KEYS_FILE names ${publicKeySid} is not the private key of that public key`;
    throw keyError(why, publicKeySid, cause);
  }
}

const keyError = (why: string, publicKeySid: string, cause?: unknown) =>
  new StageError(STAGES.mediaDecrypt, `the recording is encrypted for the public key ${publicKeySid}, but ${why}`, {
    kind: 'transient',
    cause,
  });

/**
 * Decrypts while it is read. The end comes only when the tag is right: a reader that has not seen the end must not use what it has.
 * @throws StageError `media-check` in place of the end when the tag differs
 */
export async function* decryptRecording(
  body: AsyncIterable<Uint8Array>,
  contentKey: Buffer,
  { iv, publicKeySid }: EncryptionDetails,
): AsyncGenerator<Uint8Array> {
  const decipher = openDecipher(contentKey, iv, publicKeySid);
  let tag = Buffer.alloc(0);
  for await (const piece of body) {
    const all = Buffer.concat([tag, piece]);
    releaseChunk(piece);
    const end = Math.max(0, all.length - TAG_BYTES);
    tag = Buffer.from(all.subarray(end));
    const plain = decipher.update(all.subarray(0, end));
    releaseChunk(all);
    if (plain.length > 0) yield plain;
  }
  try {
    decipher.setAuthTag(tag);
    decipher.final();
  } catch (cause) {
    throw damaged(publicKeySid, 'its authentication tag does not match: it is not what Twilio encrypted', cause);
  }
}

function openDecipher(contentKey: Buffer, iv: string, publicKeySid: string) {
  try {
    const options = { authTagLength: TAG_BYTES };
    return createDecipheriv('aes-256-gcm', contentKey, Buffer.from(iv, 'base64'), options);
  } catch (cause) {
    throw damaged(publicKeySid, 'its content key or initialisation vector is none of AES-256-GCM', cause);
  }
}

/** What was damaged on its way is whole at the next try. */
const damaged = (publicKeySid: string, why: string, cause: unknown) =>
  new StageError(STAGES.mediaCheck, `the recording, encrypted for the public key ${publicKeySid}: ${why}`, {
    kind: 'transient',
    cause,
  });
