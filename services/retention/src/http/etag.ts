import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';

/**
 * For routes that show one thing as JSON: an ETag over what is shown, and 304 without a body to whoever has that already
 * (RFC 9110, section 13.1.2). It may be kept, and has to be asked for again each time.
 */
export const withEtag: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.status !== 200 || c.res.headers.get('content-type')?.startsWith('application/json') !== true) return;
  const body = await c.res.clone().arrayBuffer();
  const etag = `"${createHash('sha256').update(Buffer.from(body)).digest('base64url')}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (isKnown(c, etag)) {
    c.res = undefined;
    c.res = new Response(null, { status: 304, headers });
    return;
  }
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
};

/** Whether the client says that it has this already; weak and strong are the same here (RFC 9110, section 13.1.2). */
export function isKnown(c: Context, etag: string): boolean {
  const given = c.req.header('if-none-match');
  if (given === undefined) return false;
  return given.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);
}
