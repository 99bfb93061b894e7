import { z } from 'zod';

/** The next answers by callback that go wrong, and how. */
export const answerCallbackOrder = z.strictObject({
  /**
   * `never`: it does not come; `twice`: it comes again; `forged`: one that is not Deepgram's comes before it; `late`: it comes after
   * `delayMs`; `failed`: it says that the audio could not be transcribed.
   */
  fault: z.enum(['never', 'twice', 'forged', 'late', 'failed']),
  count: z.number().int().min(1).max(10_000).default(1),
  delayMs: z.number().int().min(0).max(86_400_000).default(2_000),
});
export type AnswerCallbackOrder = z.output<typeof answerCallbackOrder>;

/** Faults of callbacks on demand: the next ones go wrong as ordered, then all is well again. */
export function createAnswerCallbackFaults() {
  const orders: AnswerCallbackOrder[] = [];
  return {
    spoilNext(order: z.input<typeof answerCallbackOrder>): void {
      orders.push(answerCallbackOrder.parse(order));
    },
    active: (): readonly AnswerCallbackOrder[] => orders,
    clear(): void {
      orders.length = 0;
    },
    take(): AnswerCallbackOrder | undefined {
      const [order] = orders;
      if (!order) return undefined;
      order.count -= 1;
      if (order.count <= 0) orders.shift();
      return order;
    },
  };
}
