import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const CHARACTERS_MIN = 16;

/** A setting with the token that requests must carry. */
export const bearerToken = () =>
  z.string().min(CHARACTERS_MIN, `give at least ${CHARACTERS_MIN} characters, for instance of openssl rand -hex 24`);

/** What an Authorization header says about a token. Digests are compared, so that the time says nothing of the token or its length. */
export function createTokenCheck(token: string): (authorization: string | undefined) => 'right' | 'missing' | 'wrong' {
  const expected = digest(token);
  return (authorization) => {
    const given = tokenIn(authorization);
    if (given === undefined) return 'missing';
    return timingSafeEqual(digest(given), expected) ? 'right' : 'wrong';
  };
}

/** The token that an Authorization header carries. */
export const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];

const digest = (text: string) => createHash('sha256').update(text).digest();
