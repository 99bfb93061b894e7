import type { Actor } from '../domain/actor.ts';
import { createPolicies } from '../ledger/load-policies.ts';
import {
  findPolicy,
  holdersOfVersion,
  listPolicies,
  type PolicyKey,
  type PolicyPosition,
  type StoredPolicy,
} from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { type ActivationResult, activatePolicy, type Confirmed, type Counted } from './activate-policy.ts';
import { compareWith } from './compare-with.ts';
import { type DraftResult, draftPolicy } from './draft-policy.ts';
import type { PolicyContext, Wanted } from './policy-context.ts';
import { type Comparison, type Simulation, simulate } from './simulate-policy.ts';
import { type Tagging, type TagResult, tagSubject } from './tag-subject.ts';

export interface PolicyDeskOptions extends Omit<PolicyContext, 'policies'> {
  /** Plans are to be made again, now. */
  onActivated: () => void;
}

/** Drafts, compares and activates the policies of accounts. */
export function createPolicyDesk({ onActivated, ...options }: PolicyDeskOptions) {
  const { pool } = options;
  const context: PolicyContext = { ...options, policies: createPolicies(options.builtIn, options.ruleBook) };
  return {
    draft: (accountSid: string, source: string, by: Actor): Promise<DraftResult> =>
      draftPolicy(context, accountSid, source, by),
    find: (key: PolicyKey): Promise<StoredPolicy | undefined> =>
      inTenant(pool, key.accountSid, (client) => findPolicy(client, key)),
    /** Which of the accounts have such a version. */
    holdersOf: (accounts: readonly string[], version: Omit<PolicyKey, 'accountSid'>): Promise<string[]> =>
      inTenant(pool, accounts, (client) => holdersOfVersion(client, accounts, version)),
    list: (accounts: readonly string[], after: PolicyPosition | undefined, limit: number): Promise<StoredPolicy[]> =>
      inTenant(pool, accounts, (client) => listPolicies(client, { accounts, after, limit })),
    tag: (tagging: Tagging): Promise<TagResult> => tagSubject(context, tagging),
    /** @returns `undefined` for a version that there is not */
    simulate: async (
      wanted: Wanted,
      after: string | undefined,
    ): Promise<(Simulation & Pick<Comparison, 'against'>) | undefined> => {
      const comparison = await compareWith(context, wanted);
      if (comparison === undefined) return undefined;
      return { against: comparison.against, ...(await simulate(pool, comparison, after, options.limits)) };
    },
    activate: async (
      wanted: Wanted,
      confirmed: number | Confirmed,
      by: Actor,
      counted?: Counted,
    ): Promise<ActivationResult> => {
      const given = typeof confirmed === 'number' ? { dueNow: confirmed } : confirmed;
      const result = await activatePolicy(context, wanted, given, by, counted);
      if (result.outcome === 'active') onActivated();
      return result;
    },
  };
}

export type PolicyDesk = ReturnType<typeof createPolicyDesk>;
