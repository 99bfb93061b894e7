import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { controlApp } from './control/app.ts';
import { handleListen, type ListenSettings } from './deepgram/listen.ts';
import type { SimulatorControls } from './simulator-controls.ts';
import { notFound } from './twilio/errors.ts';
import { type RestOptions, twilioRest } from './twilio/rest.ts';

interface ServeOptions {
  port: number;
  hostname: string;
  rest: RestOptions;
  listen: ListenSettings;
  controls: SimulatorControls;
}

/** All look-alikes on one port. Deepgram's gets the socket's own stream: bodies of 2 GB pass through it. */
export async function serve(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.route('/simulator', controlApp(options.controls));
  app.route('/', twilioRest(options.rest));
  app.notFound((c) => notFound(c.req.path).getResponse());
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.json({ error: error.message }, 500),
  );
  const others = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    const isListen = request.method === 'POST' && request.url?.split('?')[0] === '/v1/listen';
    if (isListen) void handleListen(options.listen, request, response).catch(() => response.destroy());
    else void others(request, response);
  });
  // Twilio and Deepgram take uploads of many minutes; a client's own limits are what is tested here.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.hostname, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const host = ['0.0.0.0', '::'].includes(options.hostname) ? '127.0.0.1' : options.hostname;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
