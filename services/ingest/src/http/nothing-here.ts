import type { Context } from 'hono';
import { answer } from './answer.ts';
import type { Edge } from './edge.ts';
import { RefusedError } from './refused-error.ts';

/** Longer than any path here; anybody can ask for anything. */
const PATH_CHARACTERS_MAX = 100;

/** An address that nothing is at. What looks like Twilio's is told with the path, for whoever mistyped it in the Console. */
export function nothingHere(c: Context, edge: Edge, paths: readonly string[]): Promise<Response> {
  if (c.req.header('x-twilio-signature') !== undefined) {
    const meant = nearest(c.req.path, paths);
    const remedy =
      meant === undefined
        ? 'README.md lists the addresses that Twilio is given'
        : `did you mean ${edge.publicBaseUrls[0]}${meant}? Correct the address at Twilio, or the proxy that changes it`;
    const path = JSON.stringify(c.req.path.slice(0, PATH_CHARACTERS_MAX)).slice(1, -1);
    edge.logger.warn({ path, method: c.req.method, remedy }, 'a signed request came to an address that nothing is at');
  }
  // For the metric any address is the same: there are endlessly many.
  return answer('elsewhere', edge, () => Promise.reject(new RefusedError(404, 'there is nothing at this address')));
}

/** The address that differs by slashes, by letters' case, or by something before it. */
function nearest(path: string, paths: readonly string[]): string | undefined {
  const plain = path.toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '');
  return paths.find((each) => plain.endsWith(each));
}
