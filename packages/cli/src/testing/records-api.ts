import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { onrecord } from './onrecord.ts';

/** What a request asked for. */
export interface Asked {
  line: string;
  body?: unknown;
}

/**
 * A records API for one test, which answers each request by what it asks for.
 * @returns a command line that finds it, and every request so far
 */
export async function recordsApi(answer: (asked: Asked, count: number) => [status: number, body: object]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    const body = request.method === 'GET' ? undefined : await readJson(request);
    asked.push({ line, ...(body !== undefined && { body }) });
    const [status, sent] = answer({ line, body }, asked.length);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(sent));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' };
  return { asked, run: (line: string) => onrecord(line, environment) };
}
