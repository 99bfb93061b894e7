import { createTokenCheck } from '@onrecord/shared/http/bearer-token';
import type { MiddlewareHandler } from 'hono';
import type { Principal, RecordsEnv } from './principal.ts';
import { problem } from './problems.ts';
import type { RecordsApi } from './records-api.ts';

/** Who brings RECORDS_API_TOKEN: with it the first tokens are made. */
const BOOTSTRAP: Principal = {
  id: 'bootstrap',
  name: 'RECORDS_API_TOKEN',
  kind: 'token',
  role: 'administrator',
  accounts: 'all',
};

/** Lets requests pass that carry a token, and says whose it is. */
export function authenticate({ token }: Pick<RecordsApi, 'token'>): MiddlewareHandler<RecordsEnv> {
  const check = createTokenCheck(token);
  return async (c, next) => {
    const given = check(c.req.header('authorization'));
    if (given === 'right') {
      c.set('principal', BOOTSTRAP);
      return next();
    }
    return problem(
      'unauthorized',
      given === 'missing'
        ? 'Send the token as "Authorization: Bearer …"; it is the setting RECORDS_API_TOKEN.'
        : 'This is not the token of this service: send the one in its setting RECORDS_API_TOKEN.',
      { 'www-authenticate': 'Bearer realm="onrecord records"' },
    );
  };
}
