import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers a request of Node's own without a `Request` being made of it, which costs as much as all of node:http; `undefined`, with the
 * body untouched, leaves it to `fetch`.
 */
export type Direct = (incoming: IncomingMessage) => Promise<Response> | undefined;

/** Always the same one, so that it need not be made, nor read again when it is written. */
export const NO_CONTENT = new Response(null, { status: 204 });

/**
 * The body as text, as `Request.text()` gives it.
 * @param arrive is told of each chunk; what it throws ends the reading
 * @throws Error when the client went away before it was complete
 */
export function readText(incoming: IncomingMessage, arrive: (bytes: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', function keep(chunk: Buffer) {
      try {
        arrive(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        // What still comes is dropped.
        incoming.off('data', keep).resume();
        reject(error);
      }
    });
    incoming.on('end', () => resolve(utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
    // Comes after the end as well, when nothing can be rejected any more.
    incoming.on('close', () => incoming.readableEnded || reject(new Error('the connection closed within the body')));
  });
}

const utf8 = new TextDecoder();

export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  if (response === NO_CONTENT) {
    outgoing.writeHead(204).end();
    return;
  }
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), 'content-length': body.length });
  outgoing.end(body);
}
