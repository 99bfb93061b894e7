import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** What a real HTTP server got from the simulator. */
export interface Received {
  method: string;
  path: string;
  parameters: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: string;
  /** By the vendor's own SDK. */
  isSigned: boolean;
}

export interface Answer {
  status?: number;
  contentType?: string;
  body?: string;
}

export interface Application {
  url: string;
  received: Received[];
  /** The parameters of what came to one path, in the order of arrival. */
  at(path: string): Record<string, string>[];
  stop(): Promise<void>;
}

export const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'a-test-token';

/** The user's application: answers each path as told, everything else with 204. */
export async function startApplication(
  answers: Readonly<Record<string, Answer | ((request: Received) => Answer)>> = {},
): Promise<Application> {
  const received: Received[] = [];
  let url = '';
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const target = new URL(request.url ?? '/', url);
    const sent = Buffer.concat(pieces).toString();
    const isJson = request.headers['content-type'] === 'application/json';
    const form = new URLSearchParams(isJson ? '' : sent);
    const isPost = request.method === 'POST';
    const signature = String(request.headers['x-twilio-signature']);
    const got: Received = {
      method: request.method ?? '',
      path: target.pathname,
      parameters: Object.fromEntries(isPost ? form : target.searchParams),
      headers: request.headers,
      body: sent,
      isSigned: isJson
        ? twilio.validateRequestWithBody(AUTH_TOKEN, signature, url + request.url, sent)
        : twilio.validateRequest(AUTH_TOKEN, signature, url + request.url, isPost ? Object.fromEntries(form) : {}),
    };
    received.push(got);
    const answer = answers[target.pathname];
    const {
      status = answer ? 200 : 204,
      contentType = 'text/xml',
      body = '',
    } = (typeof answer === 'function' ? answer(got) : answer) ?? {};
    response.writeHead(status, status === 204 ? {} : { 'content-type': contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    at: (path) => received.filter((each) => each.path === path).map(({ parameters }) => parameters),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
