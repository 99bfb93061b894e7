import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { RecordsEnv } from './principal.ts';

/** Whether a proxy's word on who asked is taken. */
export interface Trust {
  isTrustedProxy: (address: string) => boolean;
}

/**
 * Whom a request is from: the other end of the connection, or where that is a proxy that is trusted, whom its X-Forwarded-For names
 * last that is none. What stands before that in the header may be anybody's invention.
 */
export function remoteAddressOf(c: Context<RecordsEnv>, { isTrustedProxy }: Trust): string | undefined {
  const peer = plain(c.env?.incoming?.socket.remoteAddress);
  if (peer === undefined || !isTrustedProxy(peer)) return peer;
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => plain(hop.trim()));
  while (hops.length > 0) {
    const hop = hops.pop();
    if (hop === undefined) break;
    if (!isTrustedProxy(hop)) return hop;
  }
  return peer;
}

/** IPv4 as such, also where it came in IPv6's clothes. */
function plain(address: string | undefined): string | undefined {
  const text = address?.replace(/^::ffff:(?=\d+\.)/i, '');
  return text !== undefined && isIP(text) !== 0 ? text : undefined;
}
