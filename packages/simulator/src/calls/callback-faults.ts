import { z } from 'zod';

const share = z.number().min(0).max(1).default(0);
/** Longer than Twilio ever takes over a callback that it does deliver. */
const DELAY_SECONDS_MAX = 600;

/** What becomes of callbacks from now on, each with these chances; TwiML is asked for as ever. */
export const callbackFaults = z
  .strictObject({
    dropShare: share,
    duplicateShare: share,
    /** Signed with no token of the account: whoever is called must refuse it. */
    wrongSignatureShare: share,
    /** Signed with the secondary token, as all are from the moment that it is promoted. */
    nextTokenShare: share,
    /** A call's callbacks are sent when it is over, the last one first. */
    reorder: z.boolean().default(false),
    /** Each is sent up to so many seconds later, while the call goes on. */
    delaySecondsMax: z.number().min(0).max(DELAY_SECONDS_MAX).default(0),
    /** The same seed spoils the same callbacks. */
    seed: z.number().int().min(0).max(4_294_967_295).default(1),
  })
  .refine(({ dropShare, duplicateShare }) => dropShare + duplicateShare <= 1, {
    path: ['duplicateShare'],
    error: 'dropShare and duplicateShare are more than 1 together',
  })
  .refine(({ wrongSignatureShare, nextTokenShare }) => wrongSignatureShare + nextTokenShare <= 1, {
    path: ['nextTokenShare'],
    error: 'wrongSignatureShare and nextTokenShare are more than 1 together',
  });
export type CallbackFaults = z.input<typeof callbackFaults>;
type Settled = z.output<typeof callbackFaults>;

export type SignedWith = 'token' | 'next-token' | 'wrong-token';

/** What becomes of one callback. */
export interface CallbackFate {
  /** How often it is sent: 0, 1 or 2 times. */
  copies: number;
  signedWith: SignedWith;
  /** Held back until the call is over, and sent after what was told later. */
  isHeldBack: boolean;
  delayMs: number;
}

/** Decides over each callback: sent once and at once, unless told otherwise. */
export function createCallbackFaults({ hasNextToken = false }: { hasNextToken?: boolean } = {}) {
  let faults = callbackFaults.parse({});
  let random = randomFrom(faults.seed);
  return {
    /** @throws z.ZodError */
    set(given: CallbackFaults): void {
      const parsed = callbackFaults.parse(given);
      if (parsed.nextTokenShare > 0 && !hasNextToken) throw noNextToken(parsed.nextTokenShare);
      faults = parsed;
      random = randomFrom(faults.seed);
    },
    active: (): Settled => faults,
    fate(): CallbackFate {
      const { dropShare, duplicateShare, wrongSignatureShare, nextTokenShare, reorder, delaySecondsMax } = faults;
      const copies = pick(random(), [dropShare, 0], [duplicateShare, 2]) ?? 1;
      const other = pick<SignedWith>(random(), [wrongSignatureShare, 'wrong-token'], [nextTokenShare, 'next-token']);
      return { copies, signedWith: other ?? 'token', isHeldBack: reorder, delayMs: random() * delaySecondsMax * 1_000 };
    },
  };
}

const noNextToken = (input: number) =>
  new z.ZodError([
    {
      code: 'custom',
      path: ['nextTokenShare'],
      input,
      message: 'the simulator has no secondary token: give it TWILIO_AUTH_TOKEN_NEXT',
    },
  ]);

type Share<T> = readonly [share: number, outcome: T];

/** The outcome in whose share the number lies; they lie one after the other. */
function pick<T>(value: number, first: Share<T>, second: Share<T>): T | undefined {
  if (value < first[0]) return first[1];
  return value < first[0] + second[0] ? second[1] : undefined;
}

/** Numbers from 0 to below 1, the same for the same seed: a linear congruential generator (Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
