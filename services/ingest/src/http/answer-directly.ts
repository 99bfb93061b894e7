import type { IncomingMessage } from 'node:http';
import { type Direct, NO_CONTENT, readText } from '@onrecord/shared/http/direct';
import { isTracing } from '@onrecord/shared/telemetry/tracing/spans';
import { answer } from './answer.ts';
import type { Asked } from './asked.ts';
import { CALLBACKS, type PlainCallback } from './callbacks.ts';
import type { Edge } from './edge.ts';
import { publicPath } from './public-url.ts';
import { readForm } from './read-request.ts';
import { verifyCallback } from './receive-callback.ts';
import { RefusedError } from './refused-error.ts';
import type { Arrive } from './shed-load.ts';

/** Counts what is being answered. */
interface Load {
  isRoom(): boolean;
  counted(incoming: IncomingMessage, work: (arrive: Arrive) => Promise<Response>): Promise<Response>;
}

/**
 * Answers callbacks that look exactly as Twilio sends them, without the router and what it needs of every request. Everything else goes
 * through the router, where it is refused: what is odd about an address, a header or a length, and what is too much at a time.
 */
export function answerDirectly(edge: Edge, load: Load): Direct {
  const routes = new Map<string | undefined, PlainCallback>();
  if (isTracing()) return () => undefined;
  for (const prefix of ['', ...edge.publicBaseUrls.map(publicPath)]) {
    for (const callback of CALLBACKS) {
      const target = `${prefix}${callback.path}`;
      if (!routes.has(target)) routes.set(target, callback);
    }
  }
  return (incoming) => {
    const callback = routes.get(incoming.url);
    if (callback === undefined) return undefined;
    const bytes = plainFormBytes(incoming);
    if (bytes === undefined || bytes > edge.bodyBytesMax || !load.isRoom()) return undefined;
    return load.counted(incoming, (arrive) => take(callback, incoming, edge, arrive));
  };
}

function take(
  { path, accept }: PlainCallback,
  incoming: IncomingMessage,
  edge: Edge,
  arrive: Arrive,
): Promise<Response> {
  return answer(path, edge, async () => {
    const body = await readText(incoming, (bytes) => arrive('bodies', bytes)).catch((error) => {
      if (error instanceof RefusedError) throw error;
      throw new RefusedError(400, 'the body ended before it was complete');
    });
    await accept(verifyCallback(new Incoming(incoming), edge, readForm(body, edge)), edge);
    return NO_CONTENT;
  });
}

const FORM = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i;
/** A name or an IPv4 address, perhaps with a port; whatever else may be a Host is the router's to judge. */
const HOST = /^[a-z0-9._-]+(:[1-9]\d{3,4})?$/;

/** How long the form of a POST is that says everything once and as usual; undefined for every other request. */
function plainFormBytes({ method, headers, rawHeaders }: IncomingMessage): number | undefined {
  if (method !== 'POST' || headers['content-encoding'] !== undefined) return undefined;
  if (!FORM.test(headers['content-type'] ?? '') || !HOST.test(headers.host ?? '')) return undefined;
  // Of a header that comes twice Node keeps one, or both in one text.
  if (rawHeaders.length !== 2 * Object.keys(headers).length) return undefined;
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** Node's own request in the form in which signatures are explained. */
class Incoming implements Asked {
  readonly env: { incoming: IncomingMessage };

  constructor(incoming: IncomingMessage) {
    this.env = { incoming };
  }

  get req() {
    return this;
  }

  get url(): string {
    return this.env.incoming.url ?? '';
  }

  header(name: string): string | undefined {
    const value = this.env.incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}
