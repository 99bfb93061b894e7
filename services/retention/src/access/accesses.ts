import type { Pool } from '@onrecord/shared/postgres/pool';
import { appendAudit } from '../audit/append-audit.ts';
import { type Access, accessEntry } from '../domain/access.ts';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { type AccessQuery, insertAccesses, listAccesses } from '../ledger/accesses.ts';
import { inTenant } from '../ledger/tenancy.ts';

/** Who heard or read what. */
export const createAccesses = (pool: Pool) => ({
  /**
   * All of them with their audit entries, or none.
   * @param request an entry on the request as a whole, whether it hands anything out or not
   */
  record: (accesses: readonly Access[], request: readonly AuditEntry[] = []): Promise<void> =>
    inTenant(pool, [...new Set([...accesses, ...request].map(({ accountSid }) => accountSid))], async (client) => {
      await insertAccesses(client, accesses);
      await appendAudit(client, [...request, ...accesses.map(accessEntry)]);
    }),
  list: (query: AccessQuery) => inTenant(pool, query.accounts, (client) => listAccesses(client, query)),
});

export type Accesses = ReturnType<typeof createAccesses>;
