import { setTimeout as sleep } from 'node:timers/promises';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { z } from 'zod';
import type { Resource, ResourceKind } from '../domain/resource.ts';
import type { TwilioLists } from '../reconcile/survey.ts';
import { DEFAULT_LIMITS, getJson, type RequestLimits } from './twilio-request.ts';

export interface TwilioListsOptions {
  /** `https://api.twilio.com`, a region's, or a simulator. */
  apiUrl: string;
  accountSid: string;
  /** Preferred over the auth token: it can be revoked by itself. */
  apiKey?: { sid: string; secret: string } | undefined;
  authToken: string;
  limits?: Partial<RequestLimits> | undefined;
}

/** Some 300 kB of JSON: parsed in the blink that a callback may have to wait. Twilio allows 1000. */
const PAGE_SIZE = 200;

const LISTS = { recording: 'Recordings', call: 'Calls' } as const satisfies Record<ResourceKind, string>;

const pageSchema = z.looseObject({
  next_page_uri: z.string().nullish(),
  recordings: z.array(z.record(z.string(), z.unknown())).optional(),
  calls: z.array(z.record(z.string(), z.unknown())).optional(),
});

/**
 * The lists of one account, a page at a time: one request is on its way, whoever asks, and nothing of an earlier page is kept.
 * Source: Twilio, "Twilio's response", "Paging information": `next_page_uri` is followed as it is.
 */
export function createTwilioLists(options: TwilioListsOptions): TwilioLists {
  const { accountSid, apiKey, authToken } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const base = options.apiUrl.replace(/\/+$/, '');
  const home = `/2010-04-01/Accounts/${accountSid}/`;
  const credentials = apiKey === undefined ? `${accountSid}:${authToken}` : `${apiKey.sid}:${apiKey.secret}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const takeTurn = createTurns(limits.intervalMs);

  return {
    async *pages(kind, filter, signal) {
      const query = new URLSearchParams({ ...filter, PageSize: String(PAGE_SIZE) });
      let path: string | undefined = `${home}${LISTS[kind]}.json?${query}`;
      while (path !== undefined) {
        const here: string = path;
        const body = await takeTurn(signal, () => getJson(base + here, authorization, limits, signal));
        const page = readPage(body, kind);
        yield page.items;
        path = nextPath(page.next, here, home);
      }
    },
  };
}

/** One at a time, and none sooner than `intervalMs` after the one before. */
function createTurns(intervalMs: number) {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const mine = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = mine.catch(() => undefined).then(() => sleep(intervalMs, undefined, { ref: false }));
    return mine;
  };
}

function readPage(body: unknown, kind: ResourceKind): { items: readonly Resource[]; next: string | undefined } {
  const page = pageSchema.safeParse(body);
  const items = page.success ? page.data[kind === 'recording' ? 'recordings' : 'calls'] : undefined;
  if (items === undefined) throw odd('an answer that is no page of a list');
  return { items, next: page.data?.next_page_uri || undefined };
}

/** Only a path of this account is followed, on the configured host. */
function nextPath(next: string | undefined, here: string, home: string): string | undefined {
  if (next === undefined) return undefined;
  if (!next.startsWith(home) || next === here) throw odd('a next page that is none of this account');
  return next;
}

const odd = (what: string) =>
  new StageError('twilio-list', `Twilio gives ${what}: check TWILIO_API_URL`, { kind: 'transient' });
