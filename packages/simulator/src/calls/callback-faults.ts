import { z } from 'zod';

const share = z.number().min(0).max(1).default(0);

/** What becomes of callbacks from now on: each is lost, or comes twice, with these chances. */
export const callbackFaults = z
  .strictObject({
    dropShare: share,
    duplicateShare: share,
    /** The same seed loses the same callbacks. */
    seed: z.number().int().min(0).max(4_294_967_295).default(1),
  })
  .refine(({ dropShare, duplicateShare }) => dropShare + duplicateShare <= 1, {
    error: 'dropShare and duplicateShare are more than 1 together',
  });
export type CallbackFaults = z.input<typeof callbackFaults>;

/** Decides how often each callback is sent: once, unless told otherwise. */
export function createCallbackFaults() {
  let chances = { dropShare: 0, duplicateShare: 0 };
  let random = randomFrom(1);
  return {
    /** @throws z.ZodError */
    set(faults: CallbackFaults): void {
      const { seed, ...rest } = callbackFaults.parse(faults);
      chances = rest;
      random = randomFrom(seed);
    },
    /** 0, 1 or 2. */
    copies(): number {
      const value = random();
      if (value < chances.dropShare) return 0;
      return value < chances.dropShare + chances.duplicateShare ? 2 : 1;
    },
  };
}

/** Numbers from 0 to below 1, the same for the same seed: a linear congruential generator (Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
