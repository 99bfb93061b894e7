import type { Asked } from './asked.ts';

const SCHEME_AND_HOST = /^[a-z]+:\/\/[^/?#]*/i;

/** The path of the public address: empty, or `/twilio` without a trailing slash. */
export const publicPath = (baseUrl: string): string => baseUrl.replace(SCHEME_AND_HOST, '');

export interface PublicUrl {
  url: string;
  /** Which of the public addresses it is at. */
  baseUrl: string;
}

/**
 * The addresses that Twilio may have called and signed: the configured ones, because a Host header can say anything, and what was
 * asked for there. A proxy may have removed the public address's own path on the way, or not, and `/webhooks/recording` alone does
 * not tell which when the public address ends in `/webhooks`: both are tried.
 */
export function publicUrls(c: Asked, baseUrls: readonly string[]): PublicUrl[] {
  const target = requestTarget(c);
  return baseUrls.flatMap((baseUrl) => urlsAt(baseUrl, target).map((url) => ({ url, baseUrl })));
}

function urlsAt(baseUrl: string, target: string): string[] {
  const prefix = publicPath(baseUrl);
  const isPerhapsWhole = prefix !== '' && target.startsWith(`${prefix}/`);
  const withPath = `${baseUrl}${target}`;
  return isPerhapsWhole ? [`${baseUrl.slice(0, -prefix.length)}${target}`, withPath] : [withPath];
}

/** Path and query, character by character: a URL object would encode some of them anew, such as an apostrophe. */
function requestTarget(c: Asked): string {
  // Of Node's request where there is one; tests ask the app directly.
  const { incoming } = (c.env ?? {}) as { incoming?: { url?: string } };
  const url = incoming?.url ?? c.req.url;
  return url.startsWith('/') ? url : url.replace(SCHEME_AND_HOST, '');
}
