import { z } from 'zod';

/** How Twilio encrypted a recording: AES-256-GCM under a key of its own, which is wrapped for the account's public key. */
export interface EncryptionDetails {
  /** `CR…`: the public key at Twilio. */
  publicKeySid: string;
  /** Base64 of the content key, wrapped by RSAES-OAEP with SHA-256 and MGF1. */
  encryptedCek: string;
  /** Base64. */
  iv: string;
}

const text = z.string().min(1).optional();

/** Twilio's pages spell the fields in several ways. Source: "Voice Recording Encryption", callback and REST samples. */
const spellings = z.looseObject({
  public_key_sid: text,
  encryption_public_key_sid: text,
  encrypted_cek: text,
  encryption_cek: text,
  iv: text,
  encryption_iv: text,
});

/** @param details an object, or its JSON as a callback carries it; `undefined` comes back where a part is missing */
export function readEncryptionDetails(details: unknown): EncryptionDetails | undefined {
  const parsed = spellings.safeParse(typeof details === 'string' ? parseJson(details) : details);
  if (!parsed.success) return undefined;
  const publicKeySid = parsed.data.public_key_sid ?? parsed.data.encryption_public_key_sid;
  const encryptedCek = parsed.data.encrypted_cek ?? parsed.data.encryption_cek;
  const iv = parsed.data.iv ?? parsed.data.encryption_iv;
  if (publicKeySid === undefined || encryptedCek === undefined || iv === undefined) return undefined;
  return { publicKeySid, encryptedCek, iv };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
