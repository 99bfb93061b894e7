import { expect, test } from 'vitest';
import { demoCalls } from '../demo-calls.ts';
import { startConsentApplication } from '../testing/consent-application.ts';
import { simulate } from '../testing/simulated.ts';

const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
const get = async (url: string) => (await fetch(url)).json();

test('a call is placed over HTTP, and what came of it can be asked for', async () => {
  const { url } = await simulate(await startConsentApplication());
  const answer = await post(`${url}/simulator/calls`, demoCalls.busy);
  expect(answer.status).toBe(201);
  const placed = (await answer.json()) as { callSid: string; deliveries: unknown[] };
  expect(await get(`${url}/simulator/calls`)).toMatchObject([{ sid: placed.callSid, status: 'busy' }]);
  expect(await get(`${url}/simulator/deliveries`)).toEqual(placed.deliveries);
  expect(await get(`${url}/simulator/recordings`)).toEqual([]);
});

test('the demonstration’s scripts can be fetched and placed as they are', async () => {
  const { url } = await simulate(await startConsentApplication());
  const scripts = (await get(`${url}/simulator/demo-calls`)) as Record<string, unknown>;
  expect(Object.keys(scripts)).toHaveLength(6);
  expect((await post(`${url}/simulator/calls`, scripts.busy)).status).toBe(201);
});

test('a script that is none is refused with what is wrong about it', async () => {
  const { url } = await simulate(await startConsentApplication());
  const answer = await post(`${url}/simulator/calls`, { ...demoCalls.busy, from: '555' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: expect.stringContaining('E.164') });
  expect((await fetch(`${url}/simulator/calls`, { method: 'POST', body: 'no JSON' })).status).toBe(400);
});

test('Deepgram’s failures are ordered over HTTP, and its requests are listed', async () => {
  const { url } = await simulate(await startConsentApplication());
  expect((await post(`${url}/simulator/deepgram/failures`, { status: 429 })).status).toBe(201);
  expect((await post(`${url}/simulator/deepgram/failures`, { status: 200 })).status).toBe(400);
  const headers = { authorization: 'Token key' };
  const listen = await fetch(`${url}/v1/listen?model=nova-3`, { method: 'POST', body: 'x', headers });
  expect(listen.status).toBe(429);
  expect(await get(`${url}/simulator/deepgram/requests`)).toMatchObject([
    { bytes: 1, outcome: 'refused-429', query: '?model=nova-3' },
  ]);
});
