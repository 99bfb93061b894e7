import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { onlyArgument } from '../../positionals.ts';

export const policySummary = z.looseObject({
  id: z.string(),
  accountSid: z.string(),
  state: z.string(),
  draftedAt: z.string(),
  activatedAt: z.string().optional(),
  supersededAt: z.string().optional(),
});
export type PolicySummary = z.output<typeof policySummary>;

export const policyAnswer = policySummary.extend({ source: z.string() });

/** By kind, in the order in which people are told of them. */
export const KINDS = ['dueNow', 'sooner', 'longer', 'transcribed', 'decided'] as const;

const ofKinds = <T extends z.ZodType>(each: T) =>
  z.looseObject({ ...Object.fromEntries(KINDS.map((kind) => [kind, each])) });

export const simulationAnswer = z.looseObject({
  /** What was compared with what. */
  against: z.string(),
  looked: z.number(),
  counts: ofKinds(z.number()),
  samples: ofKinds(
    z.array(
      z.looseObject({
        recordingSid: z.string().optional(),
        callSid: z.string().optional(),
        ...{ what: z.string(), before: z.string(), after: z.string() },
      }),
    ),
  ),
  next: z.string().optional(),
});
export type Simulation = z.output<typeof simulationAnswer>;

/** The one argument, which names a version. @throws UsageError */
export function onlyPolicy(positionals: readonly string[], example: string): string {
  const id = onlyArgument(positionals, example);
  if (id === 'built-in' || /^[a-z][a-z0-9-]*\.v\d+$/.test(id)) return id;
  throw new UsageError(`"${id}" is no version of a policy: give one such as calls.v3, or built-in`);
}
