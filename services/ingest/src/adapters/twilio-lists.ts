import { setTimeout as sleep } from 'node:timers/promises';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { type AccountCredentials, authorizationOf } from '@onrecord/shared/twilio/accounts';
import { productUrl } from '@onrecord/shared/twilio/product-url';
import { z } from 'zod';
import type { Resource, ResourceKind } from '../domain/resource.ts';
import type { TwilioLists } from '../reconcile/step.ts';
import { DEFAULT_LIMITS, getJson, type RequestLimits } from './twilio-request.ts';

export interface TwilioListsOptions extends AccountCredentials {
  limits?: Partial<RequestLimits> | undefined;
}

/** Some 300 kB of JSON: parsed in the blink that a callback may have to wait. Twilio allows 1000. */
const PAGE_SIZE = 200;

/** One list: where it begins, what its items are called, and what of it may be followed. */
interface List {
  base: string;
  path: string;
  key: 'recordings' | 'calls' | 'conferences' | 'alerts' | 'notifications';
  /** Every page's path begins so. */
  home: string;
}

const pageSchema = z.looseObject({
  next_page_uri: z.string().nullish(),
  meta: z.looseObject({ next_page_url: z.string().nullish() }).optional(),
});
const itemsSchema = z.array(z.record(z.string(), z.unknown()));

/**
 * The lists of one account, a page at a time: one request is on its way, whoever asks, and nothing of an earlier page is kept.
 * Source: Twilio, "Twilio's response", "Paging information": `next_page_uri` is followed as it is; of Monitor's `next_page_url`
 * the path is, at the configured host.
 */
export function createTwilioLists(options: TwilioListsOptions): TwilioLists {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const base = options.apiUrl.replace(/\/+$/, '');
  const home = `/2010-04-01/Accounts/${options.accountSid}/`;
  const authorization = authorizationOf(options);
  const takeTurn = createTurns(limits.intervalMs);
  const lists: Readonly<Record<ResourceKind | 'conference', List>> = {
    recording: { base, home, path: `${home}Recordings.json`, key: 'recordings' },
    call: { base, home, path: `${home}Calls.json`, key: 'calls' },
    conference: { base, home, path: `${home}Conferences.json`, key: 'conferences' },
    alert: { base: productUrl(base, 'monitor'), home: '/v1/Alerts?', path: '/v1/Alerts', key: 'alerts' },
  };
  async function* pagesOf(list: List, filter: Readonly<Record<string, string>>, signal: AbortSignal) {
    const query = new URLSearchParams({ ...filter, PageSize: String(PAGE_SIZE) });
    let path: string | undefined = `${list.path}?${query}`;
    while (path !== undefined) {
      const here: string = path;
      const body = await takeTurn(signal, () => getJson(list.base + here, authorization, limits, signal));
      const page = readPage(body, list.key);
      yield page.items;
      path = nextPath(page.next, here, list.home);
    }
  }
  return {
    pages: (kind, filter, signal) => pagesOf(lists[kind], filter, signal),
    notifications: (callSid, signal) =>
      pagesOf({ base, home, path: `${home}Calls/${callSid}/Notifications.json`, key: 'notifications' }, {}, signal),
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

function readPage(body: unknown, key: List['key']): { items: readonly Resource[]; next: string | undefined } {
  const page = pageSchema.safeParse(body);
  const items = page.success ? itemsSchema.safeParse(page.data[key]) : page;
  if (!page.success || !items.success) throw odd('an answer that is no page of a list');
  const { meta, next_page_uri } = page.data;
  return { items: items.data, next: (meta === undefined ? next_page_uri : pathIn(meta.next_page_url)) || undefined };
}

/** Of a whole address its path alone; whatever host it names is never asked. */
function pathIn(address: string | null | undefined): string | null | undefined {
  if (!address) return address;
  if (!URL.canParse(address)) throw odd('a next page that has no address');
  const { pathname, search } = new URL(address);
  return pathname + search;
}

/** Only a path of this account, or of its alerts, is followed, on the configured host. */
function nextPath(next: string | undefined, here: string, home: string): string | undefined {
  if (next === undefined) return undefined;
  if (!next.startsWith(home) || next === here) throw odd('a next page that is none of this account');
  return next;
}

const odd = (what: string) =>
  new StageError('twilio-list', `Twilio gives ${what}: check TWILIO_API_URL`, { kind: 'transient' });
