import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** The public key that an account gave Twilio, to have its recordings encrypted. */
export const recordingEncryption = z.strictObject({
  publicKeySid: z.string().regex(/^CR[0-9a-f]{32}$/),
  /** In PEM. */
  publicKey: z.string().refine(isRsaKey, 'give an RSA public key in PEM'),
});
export type RecordingEncryption = z.output<typeof recordingEncryption>;

/** What is needed beside the private key to decrypt a recording. Both parts are Base64. */
export interface WrappedKey {
  publicKeySid: string;
  encryptedCek: string;
  iv: string;
}

const CONTENT_KEY_BYTES = 32;
const IV_BYTES = 12;

/** AES-256-GCM with its tag at the end, the key wrapped by RSAES-OAEP with SHA-256. Source: Twilio, "Voice Recording Encryption". */
export function encryptRecording(wav: Buffer, { publicKey, publicKeySid }: RecordingEncryption) {
  const contentKey = randomBytes(CONTENT_KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv);
  const encrypted = Buffer.concat([cipher.update(wav), cipher.final(), cipher.getAuthTag()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, contentKey);
  const key: WrappedKey = { publicKeySid, encryptedCek: wrapped.toString('base64'), iv: iv.toString('base64') };
  return { encrypted, key };
}

/** As a callback spells it, and as the REST API does. Source: the same page. */
export const callbackSpelling = ({ publicKeySid, encryptedCek, iv }: WrappedKey) =>
  JSON.stringify({ public_key_sid: publicKeySid, encrypted_cek: encryptedCek, iv, type: 'rsa-aes' });

export const restSpelling = ({ publicKeySid, encryptedCek, iv }: WrappedKey) => ({
  encryption_public_key_sid: publicKeySid,
  encryption_cek: encryptedCek,
  encryption_iv: iv,
});

function isRsaKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
