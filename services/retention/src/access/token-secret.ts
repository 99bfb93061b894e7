import { createHash, randomBytes } from 'node:crypto';

const ID_BYTES = 12;
/** Nobody guesses 256 bits, so a plain SHA-256 of them is as good as a slow hash. */
const SECRET_BYTES = 32;
/** Recognisable for those who search code and logs for secrets that leaked. */
const SHAPE = /^onr_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/;

/** `onr_{id}_{secret}`, shown once, to whoever made it. */
export function mintToken(): { tokenId: string; text: string; sha256: Buffer } {
  const tokenId = randomBytes(ID_BYTES).toString('hex');
  const text = `onr_${tokenId}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { tokenId, text, sha256: hashToken(text) };
}

/** @returns `undefined` for a text that is none of our tokens */
export const tokenIdIn = (text: string): string | undefined => SHAPE.exec(text)?.[1];

export const hashToken = (text: string): Buffer => createHash('sha256').update(text).digest();
