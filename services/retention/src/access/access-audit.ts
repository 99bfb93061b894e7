import type { Pool } from '@onrecord/shared/postgres/pool';
import { appendAudit } from '../audit/append-audit.ts';
import type { Actor } from '../domain/actor.ts';
import type { AuditEntry, JsonObject } from '../domain/audit-entry.ts';
import { inTenant } from '../ledger/tenancy.ts';

/** A flood of bad tokens fills no table: further failures of the minute are counted in the next entry. */
const FAILURES_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

export interface FailedAuthorisation {
  /** The accounts of the token; of a token that nobody knows, the installation's own. */
  accounts: readonly string[];
  actor: Actor;
  reason: 'unknown token' | 'expired token' | 'revoked token' | 'role' | 'person';
  details: JsonObject;
}

/** What the door of the records API writes into the audit log. */
export function createAccessAudit(pool: Pool, clock: () => Date) {
  let minute = 0;
  let recorded = 0;
  let leftOut = 0;
  const append = (accounts: readonly string[], entry: Omit<AuditEntry, 'accountSid' | 'at'>) =>
    inTenant(pool, accounts, (client) =>
      appendAudit(
        client,
        accounts.map((accountSid) => ({ ...entry, accountSid, at: clock() })),
      ),
    );
  return {
    /** An entry for each account, or none where this minute has had its share. */
    failed: async ({ accounts, actor, reason, details }: FailedAuthorisation): Promise<void> => {
      const current = Math.floor(clock().getTime() / MINUTE_MS);
      if (current !== minute) [minute, recorded] = [current, 0];
      recorded += 1;
      if (recorded > FAILURES_PER_MINUTE) {
        leftOut += 1;
        return;
      }
      const more = leftOut === 0 ? {} : { leftOutBefore: leftOut };
      leftOut = 0;
      const subject = actor.kind === 'token' && actor.id !== 'unknown' ? { token: actor.id } : {};
      await append(accounts, {
        kind: 'authorisation.failed',
        actor,
        subject,
        details: { reason, ...details, ...more },
      });
    },
    /** A request of somebody whose every request is recorded. */
    read: (accounts: readonly string[], actor: Actor, subject: AuditEntry['subject'], details: JsonObject) =>
      append(accounts, { kind: 'records.read', actor, subject, details }),
  };
}

export type AccessAudit = ReturnType<typeof createAccessAudit>;
