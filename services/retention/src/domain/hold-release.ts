import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';

/**
 * Whether a policy has holds released by two persons alone. A hold can cover recordings of every rule, those to come included, so
 * that the strictest rule counts for all of them.
 */
export const asksForTwoPersons = ({ defaults, rules = [] }: PolicyDocument): boolean =>
  [defaults, ...rules].some(({ holdRelease }) => holdRelease === 'two-persons');
