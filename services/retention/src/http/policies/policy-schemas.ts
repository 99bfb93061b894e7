import { z } from '@hono/zod-openapi';
import { POLICY_BYTES_MAX } from '@onrecord/shared/policy/read-policy';
import { DIFFERENCES } from '../../domain/compare-policies.ts';
import type { StoredPolicy } from '../../ledger/policies.ts';
import { BUILT_IN } from '../../policies/policy-context.ts';
import { accountSid, callSid, moment, recordingSid } from '../schemas.ts';

const VERSION_ID = /^([a-z][a-z0-9-]{0,62})\.v([1-9]\d{0,8})$/;

/** Of one version: `calls.v3`. */
export const policyId = z
  .string()
  .refine((id) => id === BUILT_IN || VERSION_ID.test(id), { error: `give a version such as calls.v3, or ${BUILT_IN}` })
  .openapi({ example: 'calls.v3' });

/** @returns `undefined` for the built-in policy */
export function readPolicyId(id: string): { name: string; version: number } | undefined {
  const [, name = '', version] = VERSION_ID.exec(id) ?? [];
  return version === undefined ? undefined : { name, version: Number(version) };
}

const actor = z.object({ kind: z.enum(['service', 'token', 'person']), id: z.string(), role: z.string().optional() });

export const policySummarySchema = z
  .object({
    id: policyId,
    accountSid,
    name: z.string(),
    version: z.number().int(),
    state: z
      .enum(['draft', 'active', 'superseded'])
      .openapi({ description: 'A version never changes once it is active.' }),
    draftedAt: moment,
    draftedBy: actor,
    activatedAt: moment.optional(),
    activatedBy: actor.optional(),
    supersededAt: moment.optional(),
  })
  .openapi('PolicySummary');

export const policySchema = policySummarySchema
  .extend({ source: z.string().openapi({ description: 'The policy as it was sent.' }) })
  .openapi('Policy');

export const draftedSchema = policySchema
  .extend({ isNew: z.boolean().openapi({ description: 'False where it is a version that was there before.' }) })
  .openapi('DraftedPolicy');

export const draftRequest = z.strictObject({
  accountSid: accountSid.optional().openapi({ description: 'Where it is absent, the own one.' }),
  source: z
    .string('give the policy as text, in YAML or JSON')
    .max(POLICY_BYTES_MAX)
    .openapi({ description: 'YAML or JSON as in policy.schema.json.' }),
});

const perKind = <T extends z.ZodType>(each: T) =>
  z.object(Object.fromEntries(DIFFERENCES.map((kind) => [kind, each])) as Record<(typeof DIFFERENCES)[number], T>);

/** Recordings are looked at first, and calls after them. */
export const simulationPosition = z.union(
  [recordingSid, callSid],
  'give the next of the answer before, as it was there',
);

const sampleSchema = z.object({
  recordingSid: recordingSid.optional(),
  callSid: callSid.optional().openapi({ description: 'Of a call without recordings.' }),
  ...{ what: z.string(), before: z.string(), after: z.string() },
});

/** What was compared with what: the policy that holds, and the one that is asked about. */
export const againstSchema = z.string().openapi({
  description:
    'What was compared: the version that holds, and this one. Send it with `confirm`, so that it is counted again where that changed.',
});

export const simulationSchema = z
  .object({
    against: againstSchema,
    looked: z.number().int().openapi({ description: 'Recordings that were compared.' }),
    counts: perKind(z.number().int()).openapi({
      description:
        'Recordings by what would change: something due at once, deleted sooner, kept longer, transcribed or decided otherwise. `dueNow` also counts calls without recordings of which nothing would be known any more.',
    }),
    samples: perKind(z.array(sampleSchema)),
    next: simulationPosition
      .optional()
      .openapi({ description: 'There are more: send it as `after`, and add the counts up.' }),
  })
  .openapi('PolicySimulation');

export function viewPolicySummary(policy: StoredPolicy) {
  const { accountSid: account, name, version, state, draftedBy, activatedBy } = policy;
  return {
    id: `${name}.v${version}`,
    ...{ accountSid: account, name, version, state },
    draftedAt: policy.draftedAt.toISOString(),
    draftedBy,
    activatedAt: policy.activatedAt?.toISOString(),
    activatedBy,
    supersededAt: policy.supersededAt?.toISOString(),
  };
}

export const viewPolicy = (policy: StoredPolicy) => ({ ...viewPolicySummary(policy), source: policy.source });
