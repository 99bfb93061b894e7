import { expect, test } from 'vitest';
import { demoCalls } from '../demo-calls.ts';
import { ACCOUNT_SID, AUTH_TOKEN } from '../testing/application.ts';
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
  expect(await get(`${url}/simulator/deliveries`)).toMatchObject({
    deliveries: placed.deliveries,
    next: null,
    forgotten: 0,
  });
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

test('callbacks are lost and repeated on demand, the same ones for the same seed, and both are told', async () => {
  const application = await startConsentApplication();
  const { url } = await simulate(application);
  const spoil = (body: object) => post(`${url}/simulator/callbacks/faults`, body);
  expect((await spoil({ dropShare: 0.6, duplicateShare: 0.6 })).status).toBe(400);
  expect((await spoil({ dropShare: 0.4, duplicateShare: 0.3, seed: 5 })).status).toBe(201);
  const place = async () => {
    const before = application.received.length;
    const { deliveries } = (await (await post(`${url}/simulator/calls`, demoCalls.consentGranted)).json()) as {
      deliveries: { attempts: number; error?: string }[];
    };
    const lost = deliveries.filter(({ attempts }) => attempts === 0);
    expect(lost.every(({ error }) => error === 'dropped on demand')).toBe(true);
    expect(application.received.length - before).toBe(deliveries.length - lost.length);
    return deliveries.map(({ attempts }) => attempts);
  };
  const fates = await place();
  expect(fates).toContain(0);
  await spoil({ dropShare: 0.4, duplicateShare: 0.3, seed: 5 });
  expect(await place()).toEqual(fates);
  await spoil({});
  expect(await place()).not.toContain(0);
});

test('Twilio’s REST API refuses on demand, as often as ordered', async () => {
  const { url } = await simulate(await startConsentApplication());
  const order = { status: 429, count: 2, retryAfterSeconds: 3 };
  expect((await post(`${url}/simulator/twilio/failures`, order)).status).toBe(201);
  expect((await post(`${url}/simulator/twilio/failures`, { status: 404 })).status).toBe(400);
  const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` };
  const ask = () => fetch(`${url}/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`, { headers });
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
  expect(await refused.json()).toMatchObject({ code: 20_429 });
  expect([(await ask()).status, (await ask()).status]).toEqual([429, 200]);
});

test('lists show what is new only after a delay on demand, while it can be fetched at once', async () => {
  const { url } = await simulate(await startConsentApplication());
  expect((await post(`${url}/simulator/twilio/list-delay`, { seconds: -1 })).status).toBe(400);
  expect((await post(`${url}/simulator/twilio/list-delay`, { seconds: 3_600 })).status).toBe(201);
  const { callSid } = (await (await post(`${url}/simulator/calls`, demoCalls.busy)).json()) as { callSid: string };
  const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` };
  const ask = async (file: string) =>
    (await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT_SID}/${file}.json`, { headers })).json();
  expect(await ask('Calls')).toMatchObject({ calls: [] });
  expect(await ask(`Calls/${callSid}`)).toMatchObject({ sid: callSid });
  await post(`${url}/simulator/twilio/list-delay`, { seconds: 0 });
  expect(await ask('Calls')).toMatchObject({ calls: [{ sid: callSid }] });
});

test('a call that is cancelled in the queue calls nobody back, and has no start', async () => {
  const application = await startConsentApplication();
  const { url } = await simulate(application);
  await post(`${url}/simulator/calls`, { ...demoCalls.busy, outcome: 'canceled-in-queue' });
  expect(application.received).toEqual([]);
  expect(await get(`${url}/simulator/calls`)).toMatchObject([{ status: 'canceled', startTime: null }]);
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
