import { createTokenCheck } from '@onrecord/shared/http/bearer-token';
import type { MiddlewareHandler } from 'hono';
import { problem } from './problems.ts';

/** Lets requests pass that carry the token. */
export function requireToken(token: string): MiddlewareHandler {
  const check = createTokenCheck(token);
  return async (c, next) => {
    const given = check(c.req.header('authorization'));
    if (given === 'right') return next();
    return problem(
      'unauthorized',
      given === 'missing'
        ? 'Send the token as "Authorization: Bearer …"; it is the setting RECORDS_API_TOKEN.'
        : 'This is not the token of this service: send the one in its setting RECORDS_API_TOKEN.',
      { 'www-authenticate': 'Bearer realm="onrecord records"' },
    );
  };
}
