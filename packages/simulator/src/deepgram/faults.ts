import { type DeepgramFailure, failureOf } from './errors.ts';

export interface FailureOrder {
  /** 429, or 5xx. */
  status: number;
  /** Requests that fail from now on. */
  count: number;
  retryAfterSeconds?: number | undefined;
}

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createFaults() {
  const orders: { failure: DeepgramFailure; left: number }[] = [];
  return {
    failNext({ status, count, retryAfterSeconds }: FailureOrder): void {
      orders.push({ failure: failureOf(status, retryAfterSeconds), left: count });
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
