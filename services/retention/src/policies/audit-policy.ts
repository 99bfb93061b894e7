import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { Actor } from '../domain/actor.ts';
import type { JsonObject } from '../domain/audit-entry.ts';
import { markOf } from '../domain/compile-policy.ts';
import type { Wanted } from './policy-context.ts';

/** Appends what was done with a version, in the caller's transaction. */
export const auditPolicy = (
  client: ClientBase,
  kind: 'policy.drafted' | 'policy.activated',
  { of, at, by, details = {} }: { of: Wanted; at: Date; by: Actor; details?: JsonObject },
): Promise<void> => {
  const policy = 'version' in of ? markOf(of.name, of.version) : of.name;
  return appendAudit(client, [{ accountSid: of.accountSid, at, kind, actor: by, subject: { policy }, details }]);
};
