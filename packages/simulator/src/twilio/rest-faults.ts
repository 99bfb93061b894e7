import { setTimeout as sleep } from 'node:timers/promises';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { cutAnswer, shortenBody } from './broken-answer.ts';
import { notFound, twilioError } from './errors.ts';

/** No client waits for longer. */
const DELAY_SECONDS_MAX = 600;

/** The next requests to the REST API that fail, and how. */
export const restFailure = z
  .strictObject({
    /** `list`: such as Recordings.json. `media`: the audio of a recording. */
    on: z.enum(['any', 'list', 'media']).default('any'),
    count: z.number().int().min(1).max(10_000).default(1),
    /** 404 is for media alone, which are not there before they were processed. */
    status: z.union([z.literal(404), z.literal(429), z.number().int().min(500).max(599)]).optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
    /** The answer begins so much later. */
    delaySeconds: z.number().min(0).max(DELAY_SECONDS_MAX).optional(),
    /** The connection breaks after so many bytes of the body. */
    cutAfterBytes: z.number().int().min(0).optional(),
    /** The answer is whole for HTTP, and its body lacks so many bytes at its end. */
    shortByBytes: z.number().int().min(1).optional(),
  })
  .superRefine(({ on, status, retryAfterSeconds, delaySeconds, cutAfterBytes, shortByBytes }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const spoils = [cutAfterBytes, shortByBytes].filter((each) => each !== undefined).length;
    if (status === undefined && delaySeconds === undefined && spoils === 0) {
      refuse('status', 'nothing would fail: give status, delaySeconds, cutAfterBytes or shortByBytes');
    }
    if (status === 404 && on !== 'media') refuse('status', '404 is for "on": "media"');
    if (retryAfterSeconds !== undefined && status === undefined) refuse('retryAfterSeconds', 'goes with a status');
    if (spoils + (status === undefined ? 0 : 1) > 1) {
      refuse('status', 'give one of status, cutAfterBytes and shortByBytes');
    }
  });
export type RestFailure = z.input<typeof restFailure>;
type Order = z.output<typeof restFailure>;

/** Twilio's code of a refusal because of too many requests. Source: Twilio's error catalogue. */
const TOO_MANY_REQUESTS = 20_429;
/** "Internal server error" in the same catalogue. */
const INTERNAL = 20_500;

/** Twilio's lists are eventually consistent: what is new is in them only after a while. */
export const listDelay = z.strictObject({ seconds: z.number().min(0).max(86_400) });
export type ListDelay = z.input<typeof listDelay>;

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createRestFaults() {
  const orders: Order[] = [];
  let delayMs = 0;
  const take = (path: string): Order | undefined => {
    const index = orders.findIndex(({ on }) => on === 'any' || on === kindOf(path));
    const order = orders[index];
    if (order === undefined) return undefined;
    order.count -= 1;
    if (order.count <= 0) orders.splice(index, 1);
    return order;
  };
  return {
    /** @throws z.ZodError */
    failNext: (failure: RestFailure): void => void orders.push(restFailure.parse(failure)),
    /** @throws z.ZodError */
    delayLists({ seconds }: ListDelay): void {
      delayMs = listDelay.parse({ seconds }).seconds * 1_000;
    },
    /** What is still to fail, with the number of requests that are left. */
    active: () => ({ failures: orders.map((order) => ({ ...order })), listDelaySeconds: delayMs / 1_000 }),
    clear(): void {
      orders.length = 0;
      delayMs = 0;
    },
    /** Whether lists show by now what is this old. */
    isListed: (ageMs: number): boolean => ageMs >= delayMs,
    /**
     * Carries out what is ordered for this request, and says how its answer is to be spoilt.
     * @throws HTTPException while failures are ordered
     */
    async meet(path: string): Promise<((answer: Response) => Promise<Response>) | undefined> {
      const order = take(path);
      if (order === undefined) return undefined;
      const { status, retryAfterSeconds, delaySeconds = 0, cutAfterBytes, shortByBytes } = order;
      if (delaySeconds > 0) await sleep(delaySeconds * 1_000, undefined, { ref: false });
      if (status !== undefined) throw refusal(path, status, retryAfterSeconds);
      if (cutAfterBytes !== undefined) return (answer) => cutAnswer(answer, cutAfterBytes);
      return shortByBytes === undefined ? undefined : (answer) => shortenBody(answer, shortByBytes);
    },
  };
}
export type RestFaults = ReturnType<typeof createRestFaults>;

function refusal(path: string, status: number, retryAfterSeconds: number | undefined) {
  if (status === 404) return notFound(path);
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const [code, message] =
    status === 429 ? [TOO_MANY_REQUESTS, 'Too Many Requests'] : [INTERNAL, 'Internal server error'];
  return twilioError(status as ContentfulStatusCode, code, message, headers);
}

function kindOf(path: string): 'list' | 'media' | 'other' {
  if (/\/Recordings\/RE[0-9a-f]{32}(\.(wav|mp3))?$/.test(path)) return 'media';
  return /\/([A-Z][A-Za-z]+\.json|v1\/Alerts)$/.test(path) ? 'list' : 'other';
}
