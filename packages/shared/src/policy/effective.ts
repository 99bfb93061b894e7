import type { PolicyDocument, PolicyRule, PolicySettings } from './policy-schema.ts';

type Defaults = PolicyDocument['defaults'];

/** Everything that holds where a rule fits. */
export type EffectiveSettings = Omit<PolicySettings, 'periods' | 'consent' | 'minimums'> &
  Required<Pick<Defaults, 'periods' | 'consent'>> & { minimums: NonNullable<PolicySettings['minimums']> };

/**
 * What a rule says, on top of the defaults: periods and consent value by value, minimums of both, and anything else in its place.
 * Without a rule, the defaults.
 */
export function effectiveSettings({ defaults }: PolicyDocument, rule?: PolicyRule): EffectiveSettings {
  const { name: _, select: __, ...own } = rule ?? ({} as Partial<PolicyRule>);
  return {
    ...defaults,
    ...own,
    periods: { ...defaults.periods, ...own.periods },
    consent: { ...defaults.consent, ...own.consent },
    minimums: [...(defaults.minimums ?? []), ...(own.minimums ?? [])],
  };
}
