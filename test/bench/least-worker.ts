import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveWorker } from './serve-worker.ts';

interface LeastTask {
  authToken: string;
  baseUrl: string;
}

/**
 * As little as can be done to verify a recording callback and make an event of it, on node:http: each parameter is read, one signature
 * is computed and the event is written as JSON. No limits, no checks, no log, no metrics, and nothing that waits.
 */
serveWorker(async (task: LeastTask) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isSigned = makeEvent(task, request, Buffer.concat(chunks).toString('utf8'));
      response.writeHead(isSigned ? 204 : 403).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function makeEvent({ authToken, baseUrl }: LeastTask, { url, headers }: IncomingMessage, body: string): boolean {
  const parameters = Object.fromEntries(new URLSearchParams(body));
  let signed = `${baseUrl}${url}`;
  for (const name of Object.keys(parameters).sort()) signed += name + parameters[name];
  const expected = Buffer.from(createHmac('sha1', authToken).update(signed).digest('base64'));
  const given = Buffer.from(String(headers['x-twilio-signature']));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { AccountSid, CallSid, RecordingSid, RecordingStatus } = parameters;
  const attributes = { id: `recording:${RecordingSid}:${RecordingStatus}`, source: AccountSid, subject: CallSid };
  return Buffer.from(JSON.stringify({ ...attributes, time: new Date().toISOString(), data: parameters })).length > 0;
}
