import { z } from 'zod';
import { type AnswerSpoil, answerSpoil } from './answer-spoils.ts';
import { type DeepgramFailure, failureOf } from './errors.ts';

/** The next requests that fail, and how: with 429 or any other refusal, or with an answer in which something is wrong. */
export const failureOrder = z
  .strictObject({
    status: z.number().int().min(400).max(599).optional(),
    count: z.number().int().min(1).max(10_000).default(1),
    retryAfterSeconds: z.number().int().min(0).optional(),
    answer: answerSpoil.optional(),
  })
  .superRefine(({ status, retryAfterSeconds, answer }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if ((status === undefined) === (answer === undefined)) refuse('status', 'give one of status and answer');
    if (retryAfterSeconds !== undefined && status === undefined) refuse('retryAfterSeconds', 'goes with a status');
  });
export type FailureOrder = z.output<typeof failureOrder>;

/** What goes wrong with one request. */
export interface ListenFault {
  refusal?: DeepgramFailure;
  spoil?: AnswerSpoil | undefined;
}

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createFaults() {
  const orders: FailureOrder[] = [];
  return {
    /** @throws z.ZodError */
    failNext(order: z.input<typeof failureOrder>): void {
      orders.push(failureOrder.parse(order));
    },
    /** What is still to fail, with the number of requests that are left. */
    active: (): readonly FailureOrder[] => orders,
    clear(): void {
      orders.length = 0;
    },
    take(): ListenFault | undefined {
      const [order] = orders;
      if (!order) return undefined;
      order.count -= 1;
      if (order.count <= 0) orders.shift();
      const { status, retryAfterSeconds, answer } = order;
      return status === undefined ? { spoil: answer } : { refusal: failureOf(status, retryAfterSeconds) };
    },
  };
}
