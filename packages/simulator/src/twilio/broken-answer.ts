import { setTimeout as sleep } from 'node:timers/promises';

/** From the last piece to the break, in milliseconds: an answer that breaks before it was begun becomes a 500. */
const CUT_PAUSE_MS = 20;

/**
 * The same answer, in chunks whose end never comes: the connection breaks after so many bytes of the body, and at its end where it is
 * no longer than that.
 */
export async function cutAnswer(answer: Response, afterBytes: number): Promise<Response> {
  const body = new Uint8Array(await answer.arrayBuffer());
  const pieces = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(body.subarray(0, afterBytes)),
    pull: async (controller) => {
      await sleep(CUT_PAUSE_MS);
      controller.error(new Error('cut on demand'));
    },
  });
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return new Response(pieces, { status: answer.status, headers });
}

/** The same answer without the last bytes of its body, and as whole as any other for HTTP. */
export async function shortenBody(answer: Response, byBytes: number): Promise<Response> {
  const body = new Uint8Array(await answer.arrayBuffer());
  const kept = body.subarray(0, Math.max(0, body.length - byBytes));
  const headers = new Headers(answer.headers);
  headers.set('content-length', String(kept.length));
  return new Response(kept, { status: answer.status, headers });
}
