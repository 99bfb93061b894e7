import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deepgram, wavOf } from '../testing/deepgram.ts';

const audio = wavOf(2);
const asked = { model: 'nova-3', utterances: true, multichannel: true } as const;

interface Delivered {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  dgToken: unknown;
  body: unknown;
}

/** An application that answers each callback with the next of the statuses, and with the last one from then on. */
async function application(...statuses: number[]) {
  const delivered: Delivered[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = await json(request);
    delivered.push({ method, url, authorization: headers.authorization, dgToken: headers['dg-token'], body });
    response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { delivered, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('with a callback the request’s id comes at once, and the answer goes there with the credentials of its URL', async () => {
  const { media, log } = await deepgram();
  const { delivered, host } = await application();
  const callback = `http://user:pass@${host}/answers/token`;
  const accepted = await media.transcribeFile(audio, { ...asked, callback });
  expect(accepted).toEqual({ request_id: log.requests[0]?.requestId });
  await vi.waitFor(() => expect(log.requests[0]?.callbackStatuses).toEqual([200]));
  expect(delivered).toMatchObject([
    {
      method: 'POST',
      url: '/answers/token',
      authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
      dgToken: expect.any(String),
      body: {
        metadata: { request_id: log.requests[0]?.requestId, sha256: log.requests[0]?.sha256, channels: 2 },
        results: { channels: [{ alternatives: [{ transcript: 'my order came without hinges' }] }, {}] },
      },
    },
  ]);
});

test('callback_method=put is obeyed', async () => {
  const { media } = await deepgram();
  const { delivered, host } = await application();
  await media.transcribeFile(audio, { ...asked, callback: `http://${host}/a`, callback_method: 'PUT' });
  await vi.waitFor(() => expect(delivered).toMatchObject([{ method: 'PUT', authorization: undefined }]));
});

test('a callback that is not taken comes again, ten times at most', async () => {
  const { media, log } = await deepgram();
  const taking = await application(503, 500, 204);
  const refusing = await application(403);
  await media.transcribeFile(audio, { ...asked, callback: `http://${taking.host}/` });
  await media.transcribeFile(audio, { ...asked, callback: `http://${refusing.host}/` });
  await vi.waitFor(() => expect(log.requests[1]?.callbackStatuses).toHaveLength(11));
  expect(log.requests[0]?.callbackStatuses).toEqual([503, 500, 204]);
});

test('callbacks go wrong as ordered: never, twice, after a forged one, late, as a failure; and then all is well', async () => {
  const { media, callbackFaults, log } = await deepgram();
  const { delivered, host } = await application();
  const send = () => media.transcribeFile(audio, { ...asked, callback: `http://u:p@${host}/token` });
  for (const fault of ['never', 'twice', 'forged', 'late', 'failed'] as const) {
    callbackFaults.spoilNext({ fault, delayMs: 50 });
  }
  for (let request = 0; request < 6; request += 1) await send();
  await vi.waitFor(() =>
    expect(log.requests.map(({ callbackStatuses = [] }) => callbackStatuses.length)).toEqual([0, 2, 2, 1, 1, 1]),
  );
  const forged = delivered.filter(({ url }) => url !== '/token');
  expect(forged).toMatchObject([{ url: '/tokeA', authorization: undefined, body: { forged: true } }]);
  const failures = delivered.filter(({ body }) => (body as { err_code?: string }).err_code === 'Bad Request');
  expect(failures).toHaveLength(1);
});

test('audio is fetched from the address that stands in its place', async () => {
  const { media, log } = await deepgram();
  const server = createServer((request, response) => {
    if (request.url === '/media.wav?signature=s') response.end(audio);
    else response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = await media.transcribeUrl({ ...asked, url: `${at}/media.wav?signature=s` });
  expect(answer).toMatchObject({ metadata: { channels: 2, sha256: log.requests[0]?.sha256 } });
  expect(log.requests).toMatchObject([{ bytes: audio.length, outcome: 'answered' }]);
  for (const url of [`${at}/media.wav`, 'http://127.0.0.1:9/media.wav']) {
    await expect(media.transcribeUrl({ ...asked, url })).rejects.toMatchObject({
      statusCode: 400,
      body: { err_code: 'REMOTE_CONTENT_ERROR' },
    });
  }
  await expect(media.transcribeUrl({ ...asked, url: 'file:///etc/passwd' })).rejects.toMatchObject({ statusCode: 400 });
});
