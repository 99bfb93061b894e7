import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6, type Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import { type Direct, writeResponse } from './direct.ts';
import { type HttpRefusal, refuseMalformed } from './malformed-request.ts';
import { problemResponse } from './problem.ts';
import { trackRequests } from './unfinished-requests.ts';

/** The port is taken; the message names it, the setting, and the remedy. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

/** The address is not one of this machine's; the message names it and the setting. */
class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** How long a client may take, in milliseconds, and how much it may send or hold. Twilio itself gives up after 15 s. */
export interface HttpLimits {
  /** Until the headers are complete. */
  headersTimeoutMs: number;
  /** Until the whole request is there: a body that trickles in is cut. */
  requestTimeoutMs: number;
  /** Idle connections are kept so long for the next request. */
  keepAliveTimeoutMs: number;
  /** A reader that takes nothing of an answer for so long is cut. */
  readerStallTimeoutMs: number;
  /** Connections at a time; further ones are closed at once. */
  connectionsMax: number;
  /** Of a request's target and headers together. */
  headerBytesMax: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  readerStallTimeoutMs: 60_000,
  connectionsMax: 4_096,
  headerBytesMax: 16_384,
};

/** Node looks for slow requests every 30 s unless told otherwise, which would make timeouts of seconds meaningless. */
const TIMEOUT_CHECK_INTERVAL_MS = 500;

/** Answers a request; `incoming` is Node's own, whose body must be left alone. */
export type Fetch = (request: Request, env: { incoming: IncomingMessage }) => Response | Promise<Response>;

/** The reason of the refusal of a connection. */
export const TOO_MANY_CONNECTIONS = 'too many connections';

export interface ServeOptions {
  fetch: Fetch;
  /** Is asked before `fetch`. */
  direct?: Direct | undefined;
  /** 0 lets the operating system choose. */
  port: number;
  /** Default: every interface. */
  hostname?: string | undefined;
  /** The environment variable that sets the port, for the error message. */
  setting: string;
  limits?: Partial<HttpLimits> | undefined;
  /** Told of requests that were answered before `fetch`, and of connections that were not taken. */
  refused?: ((refusal: HttpRefusal) => void) | undefined;
}

export interface HttpServer {
  readonly port: number;
  readonly url: string;
  /** Accepts nothing more, waits for requests in flight but not for half-sent ones, and cuts what is left after the deadline. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Serves a fetch handler over HTTP/1.1.
 * @throws PortInUseError; Error for a port or address that may not be used
 */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const { port, hostname, setting } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const server = createLimited(options, limits);
  // Otherwise a client that keeps its connection busy would be served until the deadline.
  let isClosing = false;
  server.prependListener('request', ({ socket }, response) => {
    if (isClosing) response.shouldKeepAlive = false;
    response.setTimeout(limits.readerStallTimeoutMs, () => cutStalled(socket));
  });
  const cutUnfinished = trackRequests(server);
  await listen(server, port, hostname, setting);
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://${reachableHost(hostname)}:${address.port}`,
    close: (deadlineMs) => {
      isClosing = true;
      return close(server, cutUnfinished, deadlineMs);
    },
  };
}

function createLimited({ fetch, direct, refused }: ServeOptions, limits: HttpLimits): Server {
  const errorHandler = (error: unknown) => {
    const [status, reason] = error instanceof RequestError ? [400, error.message] : [500, 'something went wrong here'];
    refused?.({ status, reason });
    return problemResponse({ status, title: reason });
  };
  // Replacing the global Request and Response would change them for every library of the process.
  const listener = getRequestListener(fetch as Parameters<typeof getRequestListener>[0], {
    overrideGlobalObjects: false,
    errorHandler,
  });
  const serverOptions = {
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    maxHeaderSize: limits.headerBytesMax,
    // Node's own refusal of a request without it goes unnoticed; the listener's does not.
    requireHostHeader: false,
  };
  const server = createServer(serverOptions, (incoming, outgoing) => {
    const answer = direct?.(incoming);
    return answer === undefined ? listener(incoming, outgoing) : write(answer, outgoing, errorHandler);
  });
  server.maxConnections = limits.connectionsMax;
  server.on('clientError', (error, socket) => {
    const refusal = refuseMalformed(error, socket as Socket);
    if (refusal !== undefined) refused?.(refusal);
  });
  server.on('drop', () => refused?.({ reason: TOO_MANY_CONNECTIONS }));
  return server;
}

async function write(answer: Promise<Response>, outgoing: ServerResponse, failed: (error: unknown) => Response) {
  await writeResponse(await answer.catch(failed), outgoing);
}

/** An answer that is waited for is no stall: there is nothing to be read of it yet. */
function cutStalled(socket: Socket) {
  if (socket.writableLength > 0) socket.destroy();
}

/** Where this machine reaches a port that was opened on an address, as URLs have it. Default: every address. */
export function reachableHost(address?: string): string {
  if (address === undefined || address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return isIPv6(address) ? `[${address}]` : address;
}

function listen(server: Server, port: number, hostname: string | undefined, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, setting, hostname)));
    server.listen(port, hostname, () => resolve());
  });
}

function explain(error: NodeJS.ErrnoException, port: number, setting: string, hostname = ''): Error {
  if (error.code === 'EADDRINUSE') {
    return new PortInUseError(
      `port ${port} is in use by another program: stop that one, or choose another port with ${setting}`,
      { cause: error },
    );
  }
  if (error.code === 'EACCES') {
    return new PortInUseError(`port ${port} may not be used by this user: choose one above 1023 with ${setting}`, {
      cause: error,
    });
  }
  if (error.code === 'EADDRNOTAVAIL') {
    return new AddressError(`this machine has no address ${hostname}: give one that it has with LISTEN_HOST`, {
      cause: error,
    });
  }
  return error;
}

/** A connection that was busy when closing began is idle, and can go, soon after its answer. */
const IDLE_SWEEP_MS = 25;

/** What was on its way when closing began has arrived by then. Node looks for slow requests no more once a server closes. */
const UNFINISHED_GRACE_MS = 1_000;

async function close(server: Server, cutUnfinished: () => void, deadlineMs: number): Promise<void> {
  const graceUntilMs = performance.now() + UNFINISHED_GRACE_MS;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    if (performance.now() > graceUntilMs) cutUnfinished();
  }, IDLE_SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}
