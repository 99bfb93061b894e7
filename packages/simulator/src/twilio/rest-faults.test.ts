import { expect, test } from 'vitest';
import { demoCalls } from '../demo-calls.ts';
import { ACCOUNT_SID, AUTH_TOKEN } from '../testing/application.ts';
import { startConsentApplication } from '../testing/consent-application.ts';
import { simulate } from '../testing/simulated.ts';

const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` };

const start = async () => {
  const simulator = await simulate(await startConsentApplication());
  const { recordingSid } = await simulator.placeCall(demoCalls.consentGranted);
  const get = (path: string) => fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}`, { headers });
  const control = (method: string, path: string, body?: object) =>
    fetch(`${simulator.url}/simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { simulator, get, control, media: `Recordings/${recordingSid}`, sid: recordingSid ?? '' };
};

test('media are not there until they are, and nothing else notices', async () => {
  const { simulator, get, media } = await start();
  simulator.failRest({ on: 'media', status: 404, count: 2 });
  expect((await get('Recordings.json')).status).toBe(200);
  expect((await get(`${media}.json`)).status).toBe(200);
  expect(await (await get(media)).json()).toMatchObject({ code: 20_404 });
  expect((await get(`${media}.wav`)).status).toBe(404);
  expect((await get(media)).status).toBe(200);
});

test('an answer that is cut begins as ever, and its connection breaks', async () => {
  const { simulator, get, media, sid } = await start();
  const bytes = simulator.recordings.get(sid)?.media?.bytes ?? 0;
  simulator.failRest({ on: 'media', cutAfterBytes: 1_000 });
  simulator.failRest({ on: 'list', cutAfterBytes: 50 });
  const cutMedia = await get(media);
  expect(cutMedia.status).toBe(200);
  await expect(cutMedia.arrayBuffer()).rejects.toThrow();
  const cutList = await get('Recordings.json');
  expect(cutList.status).toBe(200);
  await expect(cutList.text()).rejects.toThrow();
  expect((await (await get(media)).arrayBuffer()).byteLength).toBe(bytes);
});

test('a short body looks whole and lacks its end', async () => {
  const { simulator, get, media, sid } = await start();
  const bytes = simulator.recordings.get(sid)?.media?.bytes ?? 0;
  simulator.failRest({ on: 'media', shortByBytes: 10 });
  const short = await get(media);
  expect(short.headers.get('content-length')).toBe(String(bytes - 10));
  expect((await short.arrayBuffer()).byteLength).toBe(bytes - 10);
});

test('a slow answer comes whole when its client waits, and not while it does not', async () => {
  const { simulator, get } = await start();
  simulator.failRest({ on: 'list', delaySeconds: 0.3 });
  const asked = get('Calls.json');
  const first = await Promise.race([asked.then(() => 'list'), get('Recordings.json').then(() => 'other list')]);
  expect(first).toBe('other list');
  expect((await asked).status).toBe(200);
});

test('what is ordered is shown until it has failed or is cleared', async () => {
  const { control, get } = await start();
  await control('POST', '/twilio/failures', { status: 503, count: 3, retryAfterSeconds: 1 });
  await control('POST', '/twilio/list-delay', { seconds: 5, processedRecordingsOnly: true });
  await control('POST', '/deepgram/failures', { status: 429 });
  await control('POST', '/callbacks/faults', { dropShare: 0.2 });
  const refused = await get('Calls.json');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await (await control('GET', '/faults')).json()).toMatchObject({
    callbacks: { dropShare: 0.2, duplicateShare: 0 },
    twilio: {
      failures: [{ on: 'any', status: 503, count: 2, retryAfterSeconds: 1 }],
      listDelaySeconds: 5,
      processedRecordingsOnly: true,
    },
    deepgram: [{ status: 429, count: 1 }],
  });
  expect((await control('DELETE', '/faults')).status).toBe(204);
  expect(await (await control('GET', '/faults')).json()).toMatchObject({
    callbacks: { dropShare: 0 },
    twilio: { failures: [], listDelaySeconds: 0, processedRecordingsOnly: false },
    deepgram: [],
  });
  expect((await get('Calls.json')).status).toBe(200);
});

test.each([
  [{ count: 2 }, 'status'],
  [{ status: 404 }, 'status'],
  [{ status: 418 }, 'status'],
  [{ on: 'video', status: 500 }, 'on'],
  [{ delaySeconds: 1, retryAfterSeconds: 1 }, 'retryAfterSeconds'],
  [{ cutAfterBytes: 1, shortByBytes: 1 }, 'shortByBytes'],
  [{ cutAfterBytes: -1 }, 'cutAfterBytes'],
])('%j is refused with the name of the field', async (order, field) => {
  const simulator = await simulate(await startConsentApplication());
  const answer = await fetch(`${simulator.url}/simulator/twilio/failures`, {
    method: 'POST',
    body: JSON.stringify(order),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: expect.stringContaining(field) });
  expect(simulator.faults.active().twilio.failures).toEqual([]);
});
