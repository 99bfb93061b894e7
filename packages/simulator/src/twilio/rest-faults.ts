import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { twilioError } from './errors.ts';

/** The next requests to the REST API that fail, and how. */
export const restFailure = z.strictObject({
  status: z.union([z.literal(429), z.number().int().min(500).max(599)]),
  count: z.number().int().min(1).max(10_000).default(1),
  retryAfterSeconds: z.number().int().min(0).optional(),
});
export type RestFailure = z.input<typeof restFailure>;

/** Twilio's code of a refusal because of too many requests. Source: Twilio's error catalogue. */
const TOO_MANY_REQUESTS = 20_429;
/** "Internal server error" in the same catalogue. */
const INTERNAL = 20_500;

/** Twilio's lists are eventually consistent: what is new is in them only after a while. */
export const listDelay = z.strictObject({ seconds: z.number().min(0).max(86_400) });
export type ListDelay = z.input<typeof listDelay>;

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createRestFaults() {
  const orders: z.output<typeof restFailure>[] = [];
  let delayMs = 0;
  return {
    /** @throws z.ZodError */
    failNext: (failure: RestFailure): void => void orders.push(restFailure.parse(failure)),
    /** @throws z.ZodError */
    delayLists({ seconds }: ListDelay): void {
      delayMs = listDelay.parse({ seconds }).seconds * 1_000;
    },
    /** Whether lists show by now what is this old. */
    isListed: (ageMs: number): boolean => ageMs >= delayMs,
    /** @throws HTTPException while failures are ordered */
    check(): void {
      const [order] = orders;
      if (order === undefined) return;
      order.count -= 1;
      if (order.count <= 0) orders.shift();
      const { status, retryAfterSeconds } = order;
      const headers: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      const [code, message] =
        status === 429 ? [TOO_MANY_REQUESTS, 'Too Many Requests'] : [INTERNAL, 'Internal server error'];
      throw twilioError(status as ContentfulStatusCode, code, message, headers);
    },
  };
}
export type RestFaults = ReturnType<typeof createRestFaults>;
