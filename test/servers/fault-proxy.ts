import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What goes wrong with a request that the proxy was to pass on. */
export type Fault =
  /** Answered by the proxy itself, in the way of S3. */
  | { kind: 'answer'; status: number; code: string }
  /** The connection breaks before the server has heard of the request. */
  | { kind: 'reset' }
  /** The server acts on the request, and the connection breaks before its answer arrives. */
  | { kind: 'lose-answer' }
  /** Passed on when the promise resolves; until then nothing of the body is read. */
  | { kind: 'hold'; until: Promise<void> }
  /** The answer arrives without this header. */
  | { kind: 'drop-header'; name: string }
  /** The answer arrives with another value in this header. */
  | { kind: 'replace-header'; name: string; value: string }
  /** The answer breaks off in the middle of its body. */
  | { kind: 'cut-answer'; afterBytes: number };

export interface FaultProxy {
  url: string;
  /** Asked for every request; undefined passes it on untouched. */
  onRequest: (request: IncomingMessage) => Fault | undefined;
  stop(): Promise<void>;
}

/** Stands in front of a real HTTP server and makes its network fail. The Host header stays, so that signatures hold. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const server = createServer((incoming, response) => {
    const fault = proxy.onRequest(incoming);
    if (fault?.kind === 'answer') return answer(response, fault);
    if (fault?.kind === 'reset') return void incoming.socket.resetAndDestroy();
    if (fault?.kind === 'hold') return void fault.until.then(() => passOn(target, incoming, response));
    passOn(target, incoming, response, fault);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    onRequest: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return proxy;
}

function answer(response: ServerResponse, { status, code }: { status: number; code: string }): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>made up by the test</Message></Error>`);
}

function cutAfter(bytes: number, answered: IncomingMessage, response: ServerResponse): void {
  let sent = 0;
  answered.on('data', (piece: Buffer) => {
    const left = bytes - sent;
    sent += piece.length;
    if (sent < bytes) response.write(piece);
    else response.write(piece.subarray(0, Math.max(0, left)), () => response.destroy());
  });
}

function passOn(target: string, incoming: IncomingMessage, response: ServerResponse, fault?: Fault): void {
  const { method, url = '', headers } = incoming;
  const outgoing = request(new URL(url, target), { method, headers, agent: false }, (answered) => {
    if (fault?.kind === 'lose-answer') {
      answered.resume();
      answered.on('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    const kept = { ...answered.headers };
    if (fault?.kind === 'drop-header') delete kept[fault.name];
    if (fault?.kind === 'replace-header') kept[fault.name] = fault.value;
    response.writeHead(answered.statusCode ?? 502, kept);
    if (fault?.kind === 'cut-answer') return cutAfter(fault.afterBytes, answered, response);
    answered.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
