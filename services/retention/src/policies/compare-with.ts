import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';
import { markOf } from '../domain/compile-policy.ts';
import { findActive, findPolicy, type StoredPolicy } from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { BUILT_IN, type PolicyContext, type Wanted } from './policy-context.ts';
import type { Comparison } from './simulate-policy.ts';

/** The policy that holds and another one beside it. @returns `undefined` for a version that there is not */
export const compareWith = (
  { pool, policies, builtIn, ruleBook, pseudonyms, clock }: PolicyContext,
  wanted: Wanted,
): Promise<Comparison | undefined> =>
  inTenant(pool, wanted.accountSid, async (client) => {
    const { accountSid } = wanted;
    const present = await findActive(client, accountSid);
    const next = 'version' in wanted ? await findPolicy(client, wanted) : undefined;
    if ('version' in wanted && next === undefined) return undefined;
    const goesByLegs = [present, next].some((policy) => policy !== undefined && selectsByLegs(policy.document));
    const policyFor = (policy: StoredPolicy | undefined) => (policy ? policies.compile(policy) : () => builtIn);
    return {
      against: marksOf([present, next], builtIn),
      ...{ accountSid, present: policyFor(present), next: policyFor(next), goesByLegs },
      reading: { ruleBook, pseudonyms },
      now: clock(),
    };
  });

interface NamedVersion {
  name: string;
  version: number;
}

/** What is compared with what: the built-in policy is what the settings of this process make of it. */
export const marksOf = (compared: readonly (NamedVersion | undefined)[], builtIn: PolicyContext['builtIn']): string =>
  compared.map((policy) => (policy ? markOf(policy.name, policy.version) : builtIn.mark)).join(', ');

/** Without an active one, that of the built-in policy. */
export const markOfActive = (present: StoredPolicy | undefined): string =>
  present === undefined ? BUILT_IN : markOf(present.name, present.version);

const selectsByLegs = ({ rules = [] }: PolicyDocument): boolean =>
  rules.some(({ select: { numbers, jurisdictions, tags } }) => numbers ?? jurisdictions ?? tags);
