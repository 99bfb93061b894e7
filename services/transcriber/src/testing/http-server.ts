import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface HttpServer {
  url: string;
  requests: IncomingMessage[];
}

/** A real server on a free port of this host, for one test. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<HttpServer> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export const bodyOf = (request: IncomingMessage): Promise<Buffer> => buffer(request);
