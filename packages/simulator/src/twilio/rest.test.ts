import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { expect, onTestFinished, test } from 'vitest';
import { readMp3Head } from '../speech/mp3-head.ts';
import { readWav } from '../speech/read-wav.ts';
import { writeWav } from '../speech/wav.ts';
import { ACCOUNT_SID, AUTH_TOKEN } from '../testing/application.ts';
import { recorded } from '../testing/recorded.ts';
import { twilioClient } from '../testing/twilio-client.ts';
import { openAccountState, type RecordingState } from './account-state.ts';
import { twilioRest } from './rest.ts';

const DAY_MS = 86_400_000;
const dual = writeWav({ channels: 2, samples: Int16Array.from([1_000, 30_000, -5, 20_000]) });
const mono = writeWav({ channels: 1, samples: Int16Array.from([7, 8]) });

/** The REST API on a real socket, with these recordings. */
async function api(recordings: readonly RecordingState[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-rest-'));
  const state = await openAccountState(folder);
  for (const recording of recordings) {
    await state.writeMedia(recording.sid, recording.channels === 2 ? dual : mono);
    await state.saveRecording(recording);
  }
  const clock = { now: new Date('2026-11-20T00:00:00Z') };
  const app = twilioRest({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    apiKeys: { SK1: 'secret' },
    state,
    apiUrl: () => 'https://api.twilio.com',
    now: () => clock.now,
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, user = `${ACCOUNT_SID}:${AUTH_TOKEN}`, method = 'GET') =>
    fetch(`${url}/2010-04-01/Accounts/${ACCOUNT_SID}${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(user)}` },
    });
  return { url, state, clock, get, client: twilioClient(url) };
}

test('Twilio’s SDK lists all recordings over many pages, newest first', async () => {
  const recordings = Array.from({ length: 7 }, () => recorded());
  const { client } = await api(recordings);
  const listed = await client.recordings.list({ pageSize: 2 });
  expect(listed.map(({ sid }) => sid)).toEqual(recordings.map(({ sid }) => sid).reverse());
});

test('a page does not shift when a recording is deleted between two pages', async () => {
  const recordings = Array.from({ length: 5 }, () => recorded());
  const { client } = await api(recordings);
  const first = await client.recordings.page({ pageSize: 2 });
  await client.recordings(recordings[3]?.sid ?? '').remove();
  const second = await first.nextPage();
  expect(second?.instances.map(({ sid }) => sid)).toEqual([recordings[2]?.sid, recordings[1]?.sid]);
});

test('recordings are found by call, by conference and by time', async () => {
  const [early, late, meeting] = [
    recorded({ dateCreated: '2026-11-02T10:00:00.000Z' }),
    recorded({ dateCreated: '2026-11-04T10:00:00.000Z' }),
    recorded({ dateCreated: '2026-11-05T10:00:00.000Z', callSid: null, conferenceSid: `CF${'1'.repeat(32)}` }),
  ];
  const { client } = await api([early, late, meeting]);
  const sids = async (filter: object) => (await client.recordings.list(filter)).map(({ sid }) => sid);
  expect(await sids({ callSid: early.callSid })).toEqual([early.sid]);
  expect(await sids({ conferenceSid: meeting.conferenceSid })).toEqual([meeting.sid]);
  expect(await sids({ dateCreated: new Date('2026-11-04T00:00:00Z') })).toEqual([late.sid]);
  expect(await sids({ dateCreatedBefore: new Date('2026-11-03T00:00:00Z') })).toEqual([early.sid]);
  expect(await sids({ dateCreatedAfter: new Date('2026-11-04T10:00:00Z') })).toEqual([meeting.sid, late.sid]);
  expect((await client.calls(early.callSid ?? '').recordings.list()).map(({ sid, track }) => [sid, track])).toEqual([
    [early.sid, 'both'],
  ]);
});

test('a page of more than 1000 is refused with Twilio’s error 20007', async () => {
  const { client } = await api();
  await expect(client.recordings.page({ pageSize: 1_001 })).rejects.toMatchObject({ status: 400, code: 20_007 });
});

test('a recording has every field of Twilio’s schema, with its types', async () => {
  const recording = recorded({ startTime: '2019-05-28T02:18:02.000Z' });
  const { get, client } = await api([recording]);
  const body = await (await get(`/Recordings/${recording.sid}.json`)).json();
  expect(body).toMatchObject({ start_time: 'Tue, 28 May 2019 02:18:02 +0000', duration: '5', channels: 2 });
  expect(Object.keys(body as object).sort()).toEqual(
    'account_sid api_version call_sid channels conference_sid date_created date_updated duration encryption_details error_code media_url price price_unit sid source start_time status subresource_uris uri'.split(
      ' ',
    ),
  );
  expect((await client.recordings(recording.sid).fetch()).startTime).toEqual(new Date('2019-05-28T02:18:02Z'));
});

test('a deleted recording loses its media at once, and its metadata show for 40 days to whoever asks for them', async () => {
  const recording = recorded();
  const { client, clock, get } = await api([recording]);
  expect(await client.recordings(recording.sid).remove()).toBe(true);
  expect((await get(`/Recordings/${recording.sid}.wav`)).status).toBe(404);
  await expect(client.recordings(recording.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20_404 });
  await expect(client.recordings(recording.sid).remove()).rejects.toMatchObject({ status: 404 });
  expect(await client.recordings.list()).toEqual([]);
  const shown = await client.recordings(recording.sid).fetch({ includeSoftDeleted: true });
  expect(shown.status).toBe('deleted');
  expect(await client.recordings.list({ includeSoftDeleted: true })).toHaveLength(1);
  clock.now = new Date(clock.now.getTime() + 40 * DAY_MS);
  await expect(client.recordings(recording.sid).fetch({ includeSoftDeleted: true })).rejects.toMatchObject({
    status: 404,
  });
});

test('what is not completed can be neither deleted nor listened to', async () => {
  const recording = recorded({ status: 'processing' });
  const { client, get } = await api([recording]);
  await expect(client.recordings(recording.sid).remove()).rejects.toMatchObject({ code: 20_009 });
  expect((await get(`/Recordings/${recording.sid}.wav`)).status).toBe(404);
});

test('media come as they were recorded, or on one channel', async () => {
  const recording = recorded();
  const { get } = await api([recording]);
  for (const path of [`/Recordings/${recording.sid}`, `/Recordings/${recording.sid}.wav?RequestedChannels=2`]) {
    const answer = await get(path);
    expect(answer.headers.get('content-type')).toBe('audio/x-wav');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(dual);
  }
  const one = await get(`/Recordings/${recording.sid}.wav?RequestedChannels=1`);
  expect(readWav(Buffer.from(await one.arrayBuffer()))).toMatchObject({
    channels: 1,
    samples: Int16Array.from([31_000, 19_995]),
  });
});

test('two channels of a mono recording are refused with Twilio’s error 16113', async () => {
  const recording = recorded({ channels: 1 });
  const answer = await (await api([recording])).get(`/Recordings/${recording.sid}.wav?RequestedChannels=2`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 16_113, status: 400 });
});

test.each([1, 2])('media are served as MP3, on %i channel(s), with the script in their tag', async (channels) => {
  const recording = recorded();
  const path = `/Recordings/${recording.sid}.mp3?RequestedChannels=${channels}`;
  const answer = await (await api([recording])).get(path);
  expect(answer.headers.get('content-type')).toBe('audio/mpeg');
  const mp3 = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(mp3.length));
  expect(readMp3Head(mp3)).toMatchObject({ found: { channels, sampleRateHz: 8_000, bytesPerSecond: 4_000 } });
});

test.each([`${ACCOUNT_SID}:wrong`, 'SK1:wrong', 'nobody:', ''])('"%s" is let in nowhere', async (user) => {
  const recording = recorded();
  const { get } = await api([recording]);
  for (const path of ['/Recordings.json', `/Recordings/${recording.sid}.wav`]) {
    const answer = await get(path, user);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 20_003, message: 'Authenticate', status: 401 });
  }
});

test('an API key opens what the account’s token opens', async () => {
  const recording = recorded();
  const { url } = await api([recording]);
  expect(await twilioClient(url, 'SK1', 'secret').recordings.list()).toHaveLength(1);
});

test('calls are listed and fetched with Twilio’s filters', async () => {
  const { state, client } = await api();
  const leg = (sid: string, change: object) => ({
    sid,
    accountSid: ACCOUNT_SID,
    parentCallSid: null,
    from: '+14155550101',
    to: '+14155550199',
    direction: 'inbound' as const,
    status: 'completed' as const,
    startTime: '2026-11-02T10:00:00.000Z',
    endTime: '2026-11-02T10:00:09.000Z',
    duration: 9,
    dateCreated: '2026-11-02T10:00:00.000Z',
    dateUpdated: '2026-11-02T10:00:09.000Z',
    ...change,
  });
  const [parent, child] = [`CA${'1'.repeat(32)}`, `CA${'2'.repeat(32)}`];
  await state.saveCall(leg(parent, {}));
  await state.saveCall(leg(child, { parentCallSid: parent, status: 'busy' }));
  const sids = async (filter: object) => (await client.calls.list(filter)).map(({ sid }) => sid);
  expect(await sids({ parentCallSid: parent })).toEqual([child]);
  expect(await sids({ status: 'completed' })).toEqual([parent]);
  expect(await sids({ to: '+14155550000' })).toEqual([]);
  expect(await sids({ startTimeAfter: new Date('2026-11-03T00:00:00Z') })).toEqual([]);
  expect(await client.calls(child).fetch()).toMatchObject({ parentCallSid: parent, duration: '9', status: 'busy' });
  await expect(client.calls(`CA${'3'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404, code: 20_404 });
});

// Source: Twilio, Call resource, "Delete a Call resource", and error 20009.
test('a call that has ended can be deleted, and is nowhere any more', async () => {
  const { state, client } = await api();
  const [ended, going] = [`CA${'4'.repeat(32)}`, `CA${'5'.repeat(32)}`];
  const leg = {
    ...{ accountSid: ACCOUNT_SID, parentCallSid: null, from: '+14155550101', to: '+14155550199' },
    ...{ direction: 'inbound' as const, startTime: null, endTime: null, duration: null },
    ...{ dateCreated: '2026-11-02T10:00:00.000Z', dateUpdated: '2026-11-02T10:00:00.000Z' },
  };
  await state.saveCall({ ...leg, sid: ended, status: 'completed' });
  await state.saveCall({ ...leg, sid: going, status: 'in-progress' });
  expect(await client.calls(ended).remove()).toBe(true);
  await expect(client.calls(ended).fetch()).rejects.toMatchObject({ status: 404, code: 20_404 });
  await expect(client.calls(ended).remove()).rejects.toMatchObject({ status: 404, code: 20_404 });
  await expect(client.calls(going).remove()).rejects.toMatchObject({ status: 409, code: 20_009 });
  expect((await client.calls.list()).map(({ sid }) => sid)).toEqual([going]);
});
