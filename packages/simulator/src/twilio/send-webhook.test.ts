import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { AUTH_TOKEN, startApplication } from '../testing/application.ts';
import { sendWebhook } from './send-webhook.ts';

const never = new AbortController().signal;
const parameters = [
  ['CallSid', 'CA1'],
  ['Note', 'two words & more'],
  ['Empty', ''],
] as const;

const application = async (answers: Parameters<typeof startApplication>[0] = {}) => {
  const started = await startApplication(answers);
  onTestFinished(() => started.stop());
  return started;
};

test.each(['POST', 'GET'] as const)('a %s is signed with every parameter, empty ones too', async (method) => {
  const { url, received } = await application();
  const answer = await sendWebhook(AUTH_TOKEN, { url: `${url}/hook?tenant=a`, method, parameters }, never);
  expect(answer).toMatchObject({ attempts: 1, status: 204 });
  expect(received).toMatchObject([{ method, path: '/hook', isSigned: true }]);
  expect(received[0]?.parameters).toMatchObject(Object.fromEntries(parameters));
});

test('a user and password in the URL become HTTP Basic and are not signed', async () => {
  const { url, received } = await application();
  const withUser = url.replace('http://', 'http://me:s%40cret@');
  await sendWebhook(AUTH_TOKEN, { url: `${withUser}/hook`, method: 'POST', parameters }, never);
  expect(received[0]).toMatchObject({ isSigned: true, headers: { authorization: `Basic ${btoa('me:s@cret')}` } });
});

test('an error is not retried unless the URL asks for it', async () => {
  const { url, received } = await application({ '/hook': { status: 503 } });
  const answer = await sendWebhook(AUTH_TOKEN, { url: `${url}/hook`, method: 'POST', parameters }, never);
  expect(answer).toMatchObject({ attempts: 1, status: 503 });
  expect(received).toHaveLength(1);
});

test('with rp=5xx an error is retried with the same token until it is accepted', async () => {
  let asked = 0;
  const { url, received } = await application({
    '/hook': () => {
      asked += 1;
      return { status: asked < 3 ? 503 : 204 };
    },
  });
  const hook = { url: `${url}/hook#rc=2&rp=5xx`, method: 'POST', parameters } as const;
  expect(await sendWebhook(AUTH_TOKEN, hook, never)).toMatchObject({ attempts: 3, answers: [503, 503, 204] });
  expect(received.every(({ isSigned }) => isSigned)).toBe(true);
  expect(new Set(received.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
});

test('a connection that nobody takes is tried twice', async () => {
  const gone = await startApplication();
  await gone.stop();
  const answer = await sendWebhook(AUTH_TOKEN, { url: `${gone.url}/hook`, method: 'POST', parameters }, never);
  expect(answer).toEqual({
    attempts: 2,
    answers: ['ECONNREFUSED', 'ECONNREFUSED'],
    error: 'ECONNREFUSED',
  });
});

test('a redirect is not followed', async () => {
  const { url, received } = await application({ '/hook': { status: 302 } });
  const answer = await sendWebhook(AUTH_TOKEN, { url: `${url}/hook`, method: 'POST', parameters }, never);
  expect(answer).toMatchObject({ attempts: 1, status: 302 });
  expect(received).toHaveLength(1);
});

/** Takes every request and answers none. */
async function startSilentServer() {
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

test('an answer that does not come is asked for again with rp=rt alone', async () => {
  const { url, asked } = await startSilentServer();
  const send = (overrides: string) =>
    sendWebhook(AUTH_TOKEN, { url: `${url}/hook#${overrides}`, method: 'POST', parameters }, never);
  expect((await send('rt=100&rc=2&rp=ct')).attempts).toBe(1);
  const { attempts, answers } = await send('rt=100&rc=2&rp=rt');
  expect([attempts, answers.length, asked()]).toEqual([3, 3, 4]);
});

test('the total time-out ends all attempts together, whatever retries are left', async () => {
  const { url, asked } = await startSilentServer();
  const hook = { url: `${url}/hook#tt=100&rc=5&rp=all`, method: 'POST', parameters } as const;
  expect(await sendWebhook(AUTH_TOKEN, hook, never)).toMatchObject({ attempts: 1 });
  expect(asked()).toBe(1);
});

test.each([
  ['rc=2&rp=4xx', 404, 3],
  ['rc=2&rp=4xx', 503, 1],
  ['rc=0&rp=all', 503, 1],
])('with %s a %i is asked %i times', async (overrides, status, attempts) => {
  const { url, received } = await application({ '/hook': { status } });
  const hook = { url: `${url}/hook#${overrides}`, method: 'POST', parameters } as const;
  expect(await sendWebhook(AUTH_TOKEN, hook, never)).toMatchObject({ attempts, status });
  expect(received).toHaveLength(attempts);
});
