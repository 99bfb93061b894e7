import { createHmac } from 'node:crypto';

/** Stand-ins for phone numbers: the same number has the same one, and nobody finds the number without the key. */
export interface Pseudonyms {
  /** @returns `psn_` and 22 characters of base64url: 132 bits of HMAC-SHA-256 */
  of(e164: string): string;
}

const CHARACTERS = 22;

/**
 * Another key makes other pseudonyms: what was written before could not be joined to it any more.
 * @param key PSEUDONYM_KEY. A plain hash would not do: all phone numbers there are can be hashed in an afternoon
 */
export const createPseudonyms = (key: string): Pseudonyms => ({
  of: (e164) => `psn_${createHmac('sha256', key).update(e164).digest('base64url').slice(0, CHARACTERS)}`,
});

/** Those that stand in a text, as in a SIP address whose number was replaced. */
export const pseudonymsIn = (text: string): string[] => text.match(/psn_[A-Za-z0-9_-]{22}/g) ?? [];

export const isPseudonym = (text: string): boolean => /^psn_[A-Za-z0-9_-]{22}$/.test(text);
