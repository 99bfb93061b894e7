import { z } from 'zod';
import { type DeepgramFailure, failureOf } from './errors.ts';

/** The next requests that fail, and how: with 429, or any other refusal. */
export const failureOrder = z.strictObject({
  status: z.number().int().min(400).max(599),
  count: z.number().int().min(1).max(10_000).default(1),
  retryAfterSeconds: z.number().int().min(0).optional(),
});
export type FailureOrder = z.output<typeof failureOrder>;

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createFaults() {
  const orders: { failure: DeepgramFailure; left: number }[] = [];
  return {
    failNext({ status, count, retryAfterSeconds }: FailureOrder): void {
      orders.push({ failure: failureOf(status, retryAfterSeconds), left: count });
    },
    /** What is still to fail, with the number of requests that are left. */
    active: (): FailureOrder[] =>
      orders.map(({ failure: { status, retryAfterSeconds }, left }) => ({ status, count: left, retryAfterSeconds })),
    clear(): void {
      orders.length = 0;
    },
    take(): DeepgramFailure | undefined {
      const [order] = orders;
      if (!order) return undefined;
      order.left -= 1;
      if (order.left <= 0) orders.shift();
      return order.failure;
    },
  };
}
