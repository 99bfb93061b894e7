import { setTimeout as sleep } from 'node:timers/promises';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { cutAnswer, shortenBody } from './broken-answer.ts';
import { notFound, twilioError } from './errors.ts';
import { mediaSpoil, spoilMedia } from './media-spoils.ts';

/** No client waits for longer. */
const DELAY_SECONDS_MAX = 600;

const FOR_MEDIA = [401, 403, 404];

/** The next requests to the REST API that fail, and how. */
export const restFailure = z
  .strictObject({
    /** `list`: such as Recordings.json. `media`: the audio of a recording. */
    on: z.enum(['any', 'list', 'media']).default('any'),
    count: z.number().int().min(1).max(10_000).default(1),
    /** 401, 403 and 404 are for media alone, which are not there before they were processed. */
    status: z.union([z.literal([401, 403, 404, 429]), z.number().int().min(500).max(599)]).optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
    /** The answer begins so much later. */
    delaySeconds: z.number().min(0).max(DELAY_SECONDS_MAX).optional(),
    /** The connection breaks after so many bytes of the body. */
    cutAfterBytes: z.number().int().min(0).optional(),
    /** The answer is whole for HTTP, and its body lacks so many bytes at its end. */
    shortByBytes: z.number().int().min(1).optional(),
    /** The answer sends its client there: an address, or one relative to what was asked. With a `count`, in a circle. */
    redirectTo: z.string().min(1).optional(),
    /** What is wrong with media that are answered with 200. */
    media: mediaSpoil.optional(),
  })
  .superRefine(({ on, status, retryAfterSeconds, delaySeconds, media, ...order }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const { cutAfterBytes, shortByBytes, redirectTo } = order;
    const spoils = [cutAfterBytes, shortByBytes, redirectTo, media].filter((each) => each !== undefined).length;
    if (status === undefined && delaySeconds === undefined && spoils === 0) {
      refuse(
        'status',
        'nothing would fail: give status, delaySeconds, cutAfterBytes, shortByBytes, redirectTo or media',
      );
    }
    if (status !== undefined && FOR_MEDIA.includes(status) && on !== 'media') {
      refuse('status', `${status} is for "on": "media"`);
    }
    if (media !== undefined && on !== 'media') refuse('media', 'goes with "on": "media"');
    if (retryAfterSeconds !== undefined && status === undefined) refuse('retryAfterSeconds', 'goes with a status');
    if (spoils + (status === undefined ? 0 : 1) > 1) {
      refuse('status', 'give one of status, cutAfterBytes, shortByBytes, redirectTo and media');
    }
  });
export type RestFailure = z.input<typeof restFailure>;
type Order = z.output<typeof restFailure>;

/** Twilio's code of a refusal because of too many requests. Source: Twilio's error catalogue. */
const TOO_MANY_REQUESTS = 20_429;
/** "Authentication Error - invalid username" in the same catalogue. */
const AUTHENTICATE = 20_003;
/** "Internal server error" in the same catalogue. */
const INTERNAL = 20_500;

/** Twilio's lists are eventually consistent: what is new is in them only after a while. */
export const listDelay = z.strictObject({
  seconds: z.number().min(0).max(86_400).default(0),
  /** Recordings are in lists only once they are processed: the documentation leaves open whether Twilio lists them before. */
  processedRecordingsOnly: z.boolean().default(false),
});
export type ListDelay = z.input<typeof listDelay>;

/** Source: Twilio, "Recordings resource", "Recording status". */
const UNPROCESSED: ReadonlySet<string> = new Set(['in-progress', 'paused', 'stopped', 'processing']);

/** Failures on demand: the next requests fail as ordered, then all is well again. */
export function createRestFaults() {
  const orders: Order[] = [];
  let delay = listDelay.parse({});
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
    delayLists(ordered: ListDelay): void {
      delay = listDelay.parse(ordered);
    },
    /** What is still to fail, with the number of requests that are left. */
    active: () => ({
      failures: orders.map((order) => ({ ...order })),
      listDelaySeconds: delay.seconds,
      processedRecordingsOnly: delay.processedRecordingsOnly,
    }),
    clear(): void {
      orders.length = 0;
      delay = listDelay.parse({});
    },
    /** Whether lists show by now what is this old. */
    isListed: (ageMs: number): boolean => ageMs >= delay.seconds * 1_000,
    /** Whether lists show a recording with this status. */
    isRecordingListed: (status: string): boolean => !delay.processedRecordingsOnly || !UNPROCESSED.has(status),
    /**
     * Carries out what is ordered for this request, and says how its answer is to be spoilt.
     * @throws HTTPException while failures are ordered
     */
    async meet(path: string): Promise<((answer: Response) => Promise<Response>) | undefined> {
      const order = take(path);
      if (order === undefined) return undefined;
      const { status, retryAfterSeconds, delaySeconds = 0 } = order;
      if (delaySeconds > 0) await sleep(delaySeconds * 1_000, undefined, { ref: false });
      if (status !== undefined) throw refusal(path, status, retryAfterSeconds);
      return spoilerOf(order);
    },
  };
}
export type RestFaults = ReturnType<typeof createRestFaults>;

function spoilerOf(order: Order): ((answer: Response) => Promise<Response>) | undefined {
  const { cutAfterBytes, shortByBytes, redirectTo, media } = order;
  if (cutAfterBytes !== undefined) return (answer) => cutAnswer(answer, cutAfterBytes);
  if (shortByBytes !== undefined) return (answer) => shortenBody(answer, shortByBytes);
  if (redirectTo !== undefined)
    return async () => new Response(null, { status: 307, headers: { location: redirectTo } });
  return media === undefined ? undefined : (answer) => spoilMedia(answer, media);
}

function refusal(path: string, status: number, retryAfterSeconds: number | undefined) {
  if (status === 404) return notFound(path);
  if (status === 401 || status === 403) return twilioError(status, AUTHENTICATE, 'Authenticate');
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
