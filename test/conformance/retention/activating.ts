import { RETENTION } from '@onrecord/retention/domain/actor';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { expect } from 'vitest';
import type { Deletions } from './deletions.ts';
import { ACCOUNT } from './facts.ts';
import { policy, pseudonyms } from './ledger.ts';

/** Has a policy hold from now on. @param source as it is written to a file */
export async function activate({ test }: Pick<Deletions, 'test'>, source: string): Promise<void> {
  const desk = createPolicyDesk({
    pool: test.application,
    builtIn: policy,
    ruleBook: ruleBook(),
    pseudonyms,
    clock: test.clock,
    onActivated: () => undefined,
  });
  const { policy: draft, faults } = await desk.draft(ACCOUNT, source, RETENTION);
  if (draft === undefined) return expect.fail(faults.join('\n'));
  expect((await desk.activate(draft, 1_000, RETENTION)).outcome).toBe('active');
}
