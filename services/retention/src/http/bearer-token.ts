import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { problem } from './problems.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Lets requests pass that carry the token. Digests are compared, so that the time says nothing of the token or its length. */
export function requireToken(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async (c, next) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    return problem(
      'unauthorized',
      given === undefined
        ? 'Send the token as "Authorization: Bearer …"; it is the setting RECORDS_API_TOKEN.'
        : 'This is not the token of this service: send the one in its setting RECORDS_API_TOKEN.',
      { 'www-authenticate': 'Bearer realm="onrecord records"' },
    );
  };
}
