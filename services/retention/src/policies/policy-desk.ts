import type { RecordingKey } from '../change-recording.ts';
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
import { writeTags } from '../ledger/tags.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { recordingsOf } from '../ledger/touched.ts';
import { type ActivationResult, activatePolicy } from './activate-policy.ts';
import { compareWith } from './compare-with.ts';
import { type DraftResult, draftPolicy } from './draft-policy.ts';
import type { PolicyContext, Wanted } from './policy-context.ts';
import { type Simulation, simulate } from './simulate-policy.ts';

export interface PolicyDeskOptions extends Omit<PolicyContext, 'policies'> {
  /** Plans are to be made again, now. */
  onActivated: () => void;
}

interface Tagged {
  accountSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
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
    /**
     * Tags a call or a conference.
     * @returns the recordings that are to be decided on and planned again
     */
    tag: async ({ accountSid, callSid, conferenceSid }: Tagged, tags: readonly string[]): Promise<RecordingKey[]> => {
      const subjectSid = callSid ?? conferenceSid ?? '';
      const now = options.clock();
      await inTenant(pool, accountSid, (client) => writeTags(client, { accountSid, subjectSid, tags, now }));
      return recordingsOf(pool, accountSid, callSid, conferenceSid);
    },
    /** @returns `undefined` for a version that there is not */
    simulate: async (wanted: Wanted, after: string | undefined): Promise<Simulation | undefined> => {
      const comparison = await compareWith(context, wanted);
      return comparison && simulate(pool, comparison, after);
    },
    activate: async (wanted: Wanted, confirmed: number, by: Actor): Promise<ActivationResult> => {
      const result = await activatePolicy(context, wanted, confirmed, by);
      if (result.outcome === 'active') onActivated();
      return result;
    },
  };
}

export type PolicyDesk = ReturnType<typeof createPolicyDesk>;
