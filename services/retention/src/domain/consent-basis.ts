import type { ConsentMode } from './policy.ts';
import type { CallFacts } from './who-must-agree.ts';

/** What was asked for before the recording could be kept, and why: written down with each decision. */
export interface Basis {
  mode: ConsentMode;
  /** Of `by-rule` alone, as the rules of this version had it. */
  requirement?: 'one-party' | 'notice' | 'all-party' | undefined;
  /** The place that asks for the most; absent where that of a party is unknown. */
  jurisdiction?: string | undefined;
  citation?: string | undefined;
  rulesVersion?: string | undefined;
}

export function basisOf(mode: ConsentMode, { places }: Pick<CallFacts, 'places'>): Basis {
  if (mode !== 'by-rule') return { mode };
  const { version, ...rule } = places;
  return { mode, ...rule, rulesVersion: version };
}

const ASKS_FOR = {
  'one-party': 'the agreement of one party is enough, and who records is one',
  notice: 'everybody must be told',
  'all-party': 'everybody must agree',
} as const;

/** One sentence on the places; nothing where the policy alone decides. */
export function describeBasis({ requirement, jurisdiction, citation }: Basis): string | undefined {
  if (requirement === undefined) return undefined;
  const asks = ASKS_FOR[requirement];
  if (jurisdiction === undefined) return `Where a party is, is not known from its number, so ${asks}.`;
  return citation === undefined
    ? `What ${jurisdiction} asks for was never checked, so ${asks}.`
    : `By the law of ${jurisdiction} (${citation}) ${asks}.`;
}
