import type { MiddlewareHandler } from 'hono';
import { ProblemError } from './problems.ts';

/**
 * Reads the body of a request whole, up to a limit that may be another one by path, whether its length was told or not. Hono's own limit rebuilds a request of
 * untold length from the server's, which Node takes for no request at all.
 */
export function boundedBody(
  bytesMaxElsewhere: number,
  bytesMaxOf: Readonly<Record<string, number>>,
): MiddlewareHandler {
  return async (c, next) => {
    const bytesMax = bytesMaxOf[c.req.path] ?? bytesMaxElsewhere;
    const { body, headers } = c.req.raw;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new ProblemError('too-large', `A request body has at most ${bytesMax} bytes.`);
      chunks.push(chunk);
    }
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: Buffer.concat(chunks) });
    await next();
  };
}
