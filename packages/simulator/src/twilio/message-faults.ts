import { z } from 'zod';
import { phoneNumber } from '../phone-number.ts';

/** Somebody replied STOP, or START again: whoever sends to this number. */
export const optOut = z.strictObject({
  number: phoneNumber,
  isOptedOut: z.boolean().default(true),
});
export type OptOut = z.input<typeof optOut>;

/** Messages to this number are taken, and never arrive. */
export const undeliverable = z.strictObject({ number: z.string().regex(/^\+[1-9]\d{6,14}$/, 'give an E.164 number') });
export type Undeliverable = z.input<typeof undeliverable>;

/** The next messages are taken, and the answer to each never comes. */
export const lostAnswers = z.strictObject({ count: z.number().int().min(0).max(10_000) });
export type LostAnswers = z.input<typeof lostAnswers>;

/** What becomes of messages on demand. */
export function createMessageFaults() {
  const optedOut = new Set<string>();
  const unreachable = new Set<string>();
  let toLose = 0;
  return {
    /** @throws z.ZodError */
    setOptOut(order: OptOut): void {
      const { number, isOptedOut } = optOut.parse(order);
      if (isOptedOut) optedOut.add(number);
      else optedOut.delete(number);
    },
    /** @throws z.ZodError */
    loseAnswers(order: LostAnswers): void {
      toLose = lostAnswers.parse(order).count;
    },
    /** @throws z.ZodError */
    setUndeliverable(order: Undeliverable): void {
      unreachable.add(undeliverable.parse(order).number);
    },
    isUndeliverable: (number: string): boolean => unreachable.has(number),
    isOptedOut: (number: string): boolean => optedOut.has(number),
    /** Whether the answer to this message is lost. */
    takeLoss(): boolean {
      if (toLose === 0) return false;
      toLose -= 1;
      return true;
    },
  };
}
export type MessageFaults = ReturnType<typeof createMessageFaults>;
