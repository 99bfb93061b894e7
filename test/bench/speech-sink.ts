/** Takes audio as Deepgram does, and hears nothing in it; below `/stalled` it stops to read. Says its port through IPC. */
import { createServer } from 'node:http';

const ANSWER = JSON.stringify({
  metadata: { request_id: 'bench', duration: 1, channels: 2 },
  results: { channels: [{ alternatives: [] }, { alternatives: [] }] },
});

if (import.meta.main) {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/stalled')) return void request.pause();
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
  process.on('disconnect', () => process.exit());
}
