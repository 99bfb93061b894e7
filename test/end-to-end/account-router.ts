import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address for several Twilios, as the real one is: whoever signs in is led to the one of that name. */
export async function startAccountRouter(
  targetOf: (user: string) => string | undefined,
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((incoming, response) => {
    const [, basic = ''] = (incoming.headers.authorization ?? '').split(' ');
    const [user = ''] = Buffer.from(basic, 'base64').toString().split(':');
    const { method, headers, url = '/' } = incoming;
    const target = targetOf(user);
    // Whoever asks before it is known where that is tries again.
    if (target === undefined) return void response.writeHead(503).end();
    const outgoing = request(target + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
