import type { ClientBase } from 'pg';
import { compilePolicy, type Installation, type PolicyVersion } from '../domain/compile-policy.ts';
import type { RuleBook } from '../domain/jurisdictions/rule-book.ts';
import type { RetentionPolicy } from '../domain/policy.ts';
import type { PolicyFor } from '../domain/policy-for.ts';
import { placesOf } from './parties.ts';
import { activeKey, findPolicy } from './policies.ts';

/** The policies of accounts, as they are at the moment of asking. */
export interface Policies {
  /**
   * What holds for recordings of the account, read in the caller's transaction: what is planned by a version that is superseded while
   * it is planned carries that one's mark, and is planned again.
   */
  of(client: Pick<ClientBase, 'query'>, accountSid: string): Promise<PolicyFor>;
  /** A version as it would hold. */
  compile(version: PolicyVersion): PolicyFor;
}

/** Versions never change, so that each is made ready once; more accounts than these take turns. */
const COMPILED_MAX = 500;

/** @param builtIn holds where an account has no policy of its own, and says what policies leave to the installation */
export function createPolicies(builtIn: RetentionPolicy, book: RuleBook): Policies {
  const installation: Installation = builtIn;
  const compile = (version: PolicyVersion) => compilePolicy(version, installation, (number) => placesOf(number, book));
  const compiled = new Map<string, PolicyFor>();
  return {
    compile,
    of: async (client, accountSid) => {
      const key = await activeKey(client, accountSid);
      if (key === undefined) return () => builtIn;
      const id = `${accountSid} ${key.name} ${key.version}`;
      const known = compiled.get(id);
      if (known !== undefined) return known;
      const policy = await findPolicy(client, key);
      if (policy === undefined) throw new Error(`policy ${key.name} v${key.version} of ${accountSid} is not there`);
      const policyFor = compile(policy);
      const [oldest] = compiled.keys();
      if (compiled.size >= COMPILED_MAX && oldest !== undefined) compiled.delete(oldest);
      compiled.set(id, policyFor);
      return policyFor;
    },
  };
}
