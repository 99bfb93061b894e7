import type { ClientBase } from 'pg';
import type { Actor } from '../domain/actor.ts';
import { markOf } from '../domain/compile-policy.ts';
import { findActive, findPolicy, lockPolicies, replaceActive, type StoredPolicy } from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { auditPolicy } from './audit-policy.ts';
import { compareWith } from './compare-with.ts';
import { BUILT_IN, type PolicyContext, type Wanted } from './policy-context.ts';
import { SIMULATION_LIMITS, simulate } from './simulate-policy.ts';

export type ActivationResult =
  /** Without a policy, the built-in one holds. */
  | { outcome: 'active'; policy: StoredPolicy | undefined }
  | { outcome: 'unknown' }
  /** It was active once, and is not any more. */
  | { outcome: 'superseded' }
  /** So many recordings have something that would be due at once, more than were confirmed. */
  | { outcome: 'to-confirm'; dueNow: number };

/** All of the ledger, however long that takes. */
const WHOLE = { ...SIMULATION_LIMITS, budgetMs: Number.POSITIVE_INFINITY, samples: 0 };

/**
 * Makes a version hold. What stands is planned again by the sweeper, which finds it by its mark.
 * @param confirmed how many recordings may have something that is due at once
 */
export async function activatePolicy(
  context: PolicyContext,
  wanted: Wanted,
  confirmed: number,
  by: Actor,
): Promise<ActivationResult> {
  const { accountSid } = wanted;
  const standing = await inTenant(context.pool, accountSid, (client) => standingOf(client, wanted));
  if (standing !== undefined) return standing;
  const comparison = await compareWith(context, wanted);
  if (comparison === undefined) return { outcome: 'unknown' };
  const { counts } = await simulate(context.pool, comparison, '', WHOLE);
  if (counts.dueNow > confirmed) return { outcome: 'to-confirm', dueNow: counts.dueNow };
  return inTenant(context.pool, accountSid, async (client): Promise<ActivationResult> => {
    await lockPolicies(client, accountSid);
    // Somebody else may have been at it since it was looked at.
    const changed = await standingOf(client, wanted);
    if (changed !== undefined) return changed;
    const before = await findActive(client, accountSid);
    const [draft, at] = ['version' in wanted ? wanted : undefined, context.clock()];
    await replaceActive(client, { accountSid, draft, now: at, by });
    const superseded = before === undefined ? BUILT_IN : markOf(before.name, before.version);
    const details = { superseded, dueNow: counts.dueNow };
    await auditPolicy(client, 'policy.activated', { of: wanted, at, by, details });
    return { outcome: 'active', policy: draft && (await findPolicy(client, draft)) };
  });
}

/** @returns `undefined` for what can be activated */
async function standingOf(client: ClientBase, wanted: Wanted): Promise<ActivationResult | undefined> {
  if (!('version' in wanted)) {
    const active = await findActive(client, wanted.accountSid);
    return active === undefined ? { outcome: 'active', policy: undefined } : undefined;
  }
  const policy = await findPolicy(client, wanted);
  if (policy === undefined) return { outcome: 'unknown' };
  if (policy.state === 'active') return { outcome: 'active', policy };
  return policy.state === 'superseded' ? { outcome: 'superseded' } : undefined;
}
