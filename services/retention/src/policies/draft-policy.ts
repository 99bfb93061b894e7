import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';
import { readPolicy } from '@onrecord/shared/policy/read-policy';
import { CAPABILITIES } from '@onrecord/shared/transcription/provider-capabilities';
import type { Actor } from '../domain/actor.ts';
import { markOf } from '../domain/compile-policy.ts';
import type { RetentionPolicy } from '../domain/policy.ts';
import { insertDraft, latestVersion, lockPolicies, type StoredPolicy } from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { auditPolicy } from './audit-policy.ts';
import type { PolicyContext } from './policy-context.ts';

export type DraftResult =
  | { policy: StoredPolicy; isNew: boolean; faults?: never }
  | { policy?: never; faults: readonly string[] };

/**
 * Keeps a policy as the next version of its name, once nothing is wrong with it. What its newest version says to the letter is that
 * version, unless it was superseded: that one never holds again.
 */
export async function draftPolicy(
  { pool, builtIn, clock }: PolicyContext,
  accountSid: string,
  source: string,
  by: Actor,
): Promise<DraftResult> {
  const { policy: document, faults } = readPolicy(source);
  if (document === undefined) return { faults: faults.map(({ text }) => text) };
  const unfit = unfitFor(builtIn, document);
  if (unfit.length > 0) return { faults: unfit };
  return inTenant(pool, accountSid, async (client) => {
    await lockPolicies(client, accountSid);
    const { name } = document;
    const latest = await latestVersion(client, accountSid, name);
    if (latest?.source === source && latest.state !== 'superseded') return { policy: latest, isNew: false };
    const version = (latest?.version ?? 0) + 1;
    const [state, draftedAt] = ['draft' as const, clock()];
    const draft = { accountSid, name, version, state, source, document, draftedAt, draftedBy: by };
    await insertDraft(client, draft, markOf(name, version));
    await auditPolicy(client, 'policy.drafted', { of: draft, at: draftedAt, by });
    return { policy: draft, isNew: true };
  });
}

/** What a policy asks of speech-to-text that this installation has no provider for, though another one could. */
function unfitFor({ transcription: installed }: RetentionPolicy, { defaults, rules = [] }: PolicyDocument): string[] {
  return [defaults, ...rules].flatMap(({ transcription: asked }, index) => {
    if (asked === undefined || asked === 'none') return [];
    const at = index === 0 ? 'defaults.transcription' : `rules[${index - 1}].transcription`;
    const wanted = [
      ['TRANSCRIPTION_PROVIDER', installed.provider, asked.provider],
      ['TRANSCRIPTION_FALLBACK_PROVIDER', installed.fallback?.provider, asked.fallback?.provider],
    ] as const;
    return wanted
      .filter(([, own, provider]) => provider !== undefined && !canStandFor(own, provider))
      .map(([setting, own = '', provider]) => {
        const remedy = 'name that one, or change the setting';
        return `${at}: the policy asks ${provider}, and this installation has ${setting}=${own}; ${remedy}`;
      });
  });
}

/** The simulator is to refuse what the provider would that it looks like. */
const canStandFor = (installed: string | undefined, asked: keyof typeof CAPABILITIES): boolean =>
  Object.entries(CAPABILITIES).some(([name, can]) => name === installed && can === CAPABILITIES[asked]);
