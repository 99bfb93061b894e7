import type { Context } from 'hono';

const SCHEME_AND_HOST = /^[a-z]+:\/\/[^/?#]*/i;

/** The path of the public address: empty, or `/twilio` without a trailing slash. */
export const publicPath = (baseUrl: string): string => baseUrl.replace(SCHEME_AND_HOST, '');

/**
 * The address that Twilio called and signed: the configured one, because a Host header can say anything, and what was asked for
 * there. A proxy may have removed the public address's own path on the way, or not.
 */
export function publicUrl(c: Context, baseUrl: string): string {
  const target = requestTarget(c);
  const prefix = publicPath(baseUrl);
  const isWhole = prefix !== '' && target.startsWith(`${prefix}/`);
  return `${isWhole ? baseUrl.slice(0, -prefix.length) : baseUrl}${target}`;
}

/** Path and query, character by character: a URL object would encode some of them anew, such as an apostrophe. */
function requestTarget(c: Context): string {
  // Of Node's request where there is one; tests ask the app directly.
  const { incoming } = (c.env ?? {}) as { incoming?: { url?: string } };
  return (incoming?.url ?? c.req.url).replace(SCHEME_AND_HOST, '');
}
