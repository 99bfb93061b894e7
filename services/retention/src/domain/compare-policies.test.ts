import { expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import { compareDecision, judgesOtherwise } from './compare-policies.ts';
import { decide } from './decide.ts';

// A version that shared by agreement alone was simulated as one that changes nothing, and addresses were refused from then on.
it('a policy that shares otherwise is another one for each recording of which an address is given no more', () => {
  const byAgreement = { ...policy, sharing: 'cleared' as const };
  const shared = answer('granted', { purposes: ['share'] });
  expect(judgesOtherwise(policy, byAgreement)).toBe(true);
  const changes = [[answer('granted')], [answer('granted'), shared], []].map((consents) => {
    const entry = entryOf(callFacts(consents));
    const known = { ...entry, decision: decide(entry, policy, minute(1)) };
    return compareDecision(known, policy, byAgreement, minute(2));
  });
  const [before, after] = ['an address of its audio is given', 'no address of its audio is given'];
  expect(changes).toEqual([[{ kind: 'decided', what: 'sharing', before, after }], [], []]);
});
