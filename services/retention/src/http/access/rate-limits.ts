import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RateLimit, type Taken } from '../../access/rate-limit.ts';
import { problem } from '../problems.ts';

/** Tokens that were good lately: a neighbour's bad ones, from behind the same address, do not shut them out. */
const REMEMBERED_MAX = 10_000;

export interface RateLimits {
  /** Requests of a token, or of a person. */
  requestsPerMinute: number;
  /** Requests from an address whose token was no good. */
  failuresPerMinute: number;
}

/** How much the door takes. A refusal is an answer; `undefined` lets the request go on. */
export function createRateLimits({ requestsPerMinute, failuresPerMinute }: RateLimits, clock: () => Date) {
  const [requests, failures] = [new RateLimit(requestsPerMinute), new RateLimit(failuresPerMinute)];
  const good = new Set<string>();
  const now = () => clock().getTime();
  return {
    /** Before a token is looked up. */
    beforeCheck: (address: string | undefined, token: string): Response | undefined => {
      const { isAllowed, retryAfterSeconds } = failures.look(networkOf(address), now());
      if (isAllowed || good.has(digest(token))) return undefined;
      const why = `More than ${failuresPerMinute} requests a minute from your address had no good token`;
      return problem('too-many', `${why}: try again in ${retryAfterSeconds} s.`, {
        'retry-after': `${retryAfterSeconds}`,
      });
    },
    failed: (address: string | undefined): void => void failures.take(networkOf(address), now()),
    /** Counts a request of a good token. */
    take: (principal: string, token: string): { refusal?: Response; headers: Record<string, string> } => {
      remember(good, digest(token));
      const taken = requests.take(principal, now());
      const headers = headersOf(taken, requestsPerMinute);
      if (taken.isAllowed) return { headers };
      const { retryAfterSeconds } = taken;
      const detail = `A token may ask ${requestsPerMinute} times a minute: try again in ${retryAfterSeconds} s.`;
      return { headers, refusal: problem('too-many', detail, { ...headers, 'retry-after': `${retryAfterSeconds}` }) };
    },
  };
}

/** Source: draft-ietf-httpapi-ratelimit-headers-10. */
const headersOf = ({ left, retryAfterSeconds }: Taken, perMinute: number) => ({
  'ratelimit-policy': `"token";q=${perMinute};w=60`,
  ratelimit: `"token";r=${left};t=${retryAfterSeconds}`,
});

const digest = (token: string) => createHash('sha256').update(token).digest('base64');

function remember(good: Set<string>, key: string): void {
  good.delete(key);
  good.add(key);
  if (good.size > REMEMBERED_MAX) good.delete(good.values().next().value ?? '');
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function networkOf(address: string | undefined): string {
  if (address === undefined || !isIPv6(address)) return address ?? '';
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
