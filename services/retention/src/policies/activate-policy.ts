import type { ClientBase } from 'pg';
import type { Actor } from '../domain/actor.ts';
import { lookAtCallsNow } from '../ledger/metadata/forget-old-calls.ts';
import { findActive, findPolicy, lockPolicies, replaceActive, type StoredPolicy } from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { auditPolicy } from './audit-policy.ts';
import { compareWith, markOfActive, marksOf } from './compare-with.ts';
import type { PolicyContext, Wanted } from './policy-context.ts';
import { type Comparison, SIMULATION_LIMITS, simulate } from './simulate-policy.ts';

export type ActivationResult =
  /** Without a policy, the built-in one holds. Where it held before, it is not new, and nothing was done. */
  | { outcome: 'active'; policy: StoredPolicy | undefined; isNew: boolean }
  | { outcome: 'unknown' }
  /** It was active once, and is not any more. */
  | { outcome: 'superseded' }
  /** So many recordings have something that would be due at once, more than were confirmed. */
  | { outcome: 'to-confirm'; dueNow: number }
  /** So far; there are more to be counted, or all of them again, where another policy came to hold meanwhile. */
  | { outcome: 'counting'; counted: Counted };

/** How far what would be due at once was counted. */
export interface Counted {
  /** As `Comparison` has it. */
  against: string;
  begunAt: Date;
  /** The last SID that was looked at. */
  after: string;
  looked: number;
  dueNow: number;
}

/** What a person agreed to. */
export interface Confirmed {
  /** So many recordings, and calls without any, may have something that is due at once. */
  dueNow: number;
  /** What that number was counted against, as `Comparison` has it: of another one it says nothing. */
  against?: string | undefined;
}

/** What was counted longer ago says too little of today, and is counted from the start again. */
const COUNTED_FOR_MS = 86_400_000;

/**
 * Makes a version hold. What stands is planned again by the sweeper, which finds it by its mark.
 * @param counted what `counting` gave before: a ledger of any size is counted in parts, each within some seconds
 */
export async function activatePolicy(
  context: PolicyContext,
  wanted: Wanted,
  confirmed: Confirmed,
  by: Actor,
  counted?: Counted | undefined,
): Promise<ActivationResult> {
  const { accountSid } = wanted;
  const standing = await inTenant(context.pool, accountSid, (client) => standingOf(client, wanted));
  if (standing !== undefined) return standing;
  const comparison = await compareWith(context, wanted);
  if (comparison === undefined) return { outcome: 'unknown' };
  if (confirmed.against !== undefined && confirmed.against !== comparison.against)
    return { outcome: 'counting', counted: countedNothing(comparison.against, context) };
  const before = goesOn(counted, comparison) ? counted : { after: '', looked: 0, dueNow: 0, begunAt: comparison.now };
  const limits = { ...(context.limits ?? SIMULATION_LIMITS), samples: 0, decisions: false };
  const { counts, looked, next } = await simulate(context.pool, comparison, before.after, limits);
  const dueNow = before.dueNow + counts.dueNow;
  if (next !== undefined) {
    const { against } = comparison;
    return {
      outcome: 'counting',
      counted: { against, begunAt: before.begunAt, after: next, looked: before.looked + looked, dueNow },
    };
  }
  if (dueNow > confirmed.dueNow) return { outcome: 'to-confirm', dueNow };
  return inTenant(context.pool, accountSid, async (client): Promise<ActivationResult> => {
    await lockPolicies(client, accountSid);
    // Somebody else may have been at it since it was looked at.
    const changed = await standingOf(client, wanted);
    if (changed !== undefined) return changed;
    const present = await findActive(client, accountSid);
    const [draft, at] = ['version' in wanted ? wanted : undefined, context.clock()];
    // What was counted says nothing of a policy that took the place of the one that it was compared with.
    const against = marksOf([present, draft], context.builtIn);
    if (against !== comparison.against) return { outcome: 'counting', counted: countedNothing(against, context) };
    await replaceActive(client, { accountSid, draft, now: at, by });
    await lookAtCallsNow(client, accountSid, at);
    const details = { superseded: markOfActive(present), dueNow };
    await auditPolicy(client, 'policy.activated', { of: wanted, at, by, details });
    return { outcome: 'active', policy: draft && (await findPolicy(client, draft)), isNew: true };
  });
}

const countedNothing = (against: string, { clock }: PolicyContext): Counted => ({
  ...{ against, begunAt: clock(), after: '', looked: 0, dueNow: 0 },
});

const goesOn = (counted: Counted | undefined, { against, now }: Comparison): counted is Counted =>
  counted?.against === against && now.getTime() - counted.begunAt.getTime() < COUNTED_FOR_MS;

/** @returns `undefined` for what can be activated */
async function standingOf(client: ClientBase, wanted: Wanted): Promise<ActivationResult | undefined> {
  if (!('version' in wanted)) {
    const active = await findActive(client, wanted.accountSid);
    return active === undefined ? { outcome: 'active', policy: undefined, isNew: false } : undefined;
  }
  const policy = await findPolicy(client, wanted);
  if (policy === undefined) return { outcome: 'unknown' };
  if (policy.state === 'active') return { outcome: 'active', policy, isNew: false };
  return policy.state === 'superseded' ? { outcome: 'superseded' } : undefined;
}
