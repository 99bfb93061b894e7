import { z } from 'zod';

/** Why another provider than the first one was asked. */
export const insteadOf = z.looseObject({ provider: z.string().min(1), reason: z.string().min(1) });
export type InsteadOf = z.output<typeof insteadOf>;
