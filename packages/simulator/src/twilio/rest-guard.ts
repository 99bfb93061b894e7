import type { MiddlewareHandler } from 'hono';
import type { AccountSetupStore } from './account-setup.ts';
import { authorize, type Credentials } from './authorize.ts';
import type { RestFaults } from './rest-faults.ts';

/** Lets in whoever has the credentials, and spoils the answers that are to be spoilt. */
export function restGuard(
  credentials: Credentials,
  faults: RestFaults | undefined,
  setup: AccountSetupStore,
): MiddlewareHandler {
  return async (c, next) => {
    const { clockAheadSeconds } = setup.get();
    if (clockAheadSeconds !== 0) c.header('date', new Date(Date.now() + clockAheadSeconds * 1_000).toUTCString());
    authorize(credentials, c.req.header('authorization'));
    const spoil = await faults?.meet(c.req.path);
    await next();
    if (!spoil) return;
    const spoilt = await spoil(c.res);
    // Otherwise Hono lays the headers of the whole answer over it.
    c.res = undefined;
    c.res = spoilt;
  };
}
