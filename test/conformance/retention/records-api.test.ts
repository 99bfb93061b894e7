import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecordsApp } from '@onrecord/retention/http/app';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ACCOUNT,
  archived,
  at,
  consentOf,
  joined,
  legReported,
  newSid,
  recordingCompleted,
  stored,
  transcribed,
} from './facts.ts';
import { policy, startLedger, type TestLedger } from './ledger.ts';

const TOKEN = 'a-token-of-the-test';
/** What this process has open, where the system tells. */
const OPEN_FILES = '/proc/self/fd';

let test: TestLedger;
let store: ObjectStore;
let folder: string;
let app: ReturnType<typeof createRecordsApp>;
const errors: Error[] = [];

beforeAll(async () => {
  test = await startLedger();
  folder = await mkdtemp(join(tmpdir(), 'onrecord-records-api-'));
  store = await openObjectStore({ kind: 'file', folder });
  app = createRecordsApp({
    ...test,
    accountSid: ACCOUNT,
    token: TOKEN,
    objectStore: store,
    policy,
    newReference: randomUUID,
    onDecision: () => undefined,
    onDue: () => undefined,
    logError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await store?.close();
  await test?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Sent {
  method?: string;
  body?: unknown;
  token?: string | null;
  headers?: Record<string, string>;
}

async function send(path: string, { method = 'GET', body, token = TOKEN, headers = {} }: Sent = {}) {
  const response = await app.request(path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, text, json: type.includes('json') ? JSON.parse(text) : undefined };
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  send('/v1/consents', { method: 'POST', body, headers });

/** A recording in the given state, and its SIDs. */
async function given(state: 'waiting' | 'cleared' | 'refused' | 'transcribed') {
  test.now = at(1);
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const prefix = `${ACCOUNT}/${sid}/`;
  await test.take(legReported(callSid), recordingCompleted(sid, { callSid }));
  if (state === 'refused') await test.take(consentOf({ callSid }, 'refused'));
  if (state === 'cleared' || state === 'transcribed') await test.take(consentOf({ callSid }, 'granted'));
  if (state === 'transcribed') {
    for (const [name, text] of [
      ['transcript.json', '{"simulated":true}'],
      ['transcript.txt', 'caller: hello'],
    ]) {
      await store.put(`${prefix}${name}`, Buffer.from(text ?? ''), { contentType: 'text/plain' });
    }
    await test.take(archived(sid, callSid, prefix), transcribed(sid, callSid, prefix));
  }
  return { callSid, sid, path: `/v1/recordings/${sid}` };
}

it('shows where the archived audio is not as it should be, and the peaks beside it', async () => {
  const { callSid, sid, path } = await given('cleared');
  const prefix = `${ACCOUNT}/${sid}/`;
  const warnings = [{ kind: 'same-sound-on-both-channels', text: 'both channels carry the same sound' }];
  await test.take(archived(sid, callSid, prefix, { warnings, waveform: stored(`${prefix}waveform.json`) }));
  const { archive, objects } = (await send(path)).json;
  expect(archive).toMatchObject({ store: 'file:///recordings', warnings });
  expect(objects).toContainEqual({ kind: 'derived', ...stored(`${prefix}waveform.json`) });
  const without = await given('transcribed');
  expect((await send(without.path)).json.archive.warnings).toEqual([]);
  const { json } = await send('/openapi.json', { token: null });
  const detail = json.components.schemas.Recording.allOf.at(-1);
  expect(detail.properties.archive.required).toContain('warnings');
});

describe('the door of the records API', () => {
  it.each([null, 'wrong', `${TOKEN}x`, ''])('stays shut for the token %s', async (token) => {
    const answer = await send('/v1/recordings', { token });
    expect(answer).toMatchObject({ status: 401, type: 'application/problem+json' });
    expect(answer.json.detail).toContain('RECORDS_API_TOKEN');
  });

  it('is described in OpenAPI 3.1, to whoever asks', async () => {
    const { json } = await send('/openapi.json', { token: null });
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths).sort()).toEqual([
      '/v1/calls/{callSid}',
      '/v1/calls/{callSid}/diagnosis',
      '/v1/consents',
      '/v1/recordings',
      '/v1/recordings/{recordingSid}',
      '/v1/recordings/{recordingSid}/retention',
      '/v1/recordings/{recordingSid}/transcript',
    ]);
    // A client made from the document did not know of the answer that it gets first.
    const operations = Object.values(json.paths as Record<string, object>).flatMap((path) => Object.values(path));
    expect(operations.filter(({ responses }) => responses['401'] === undefined)).toEqual([]);
  });

  it.each([
    ['/v1/recordings/RE1', 400, 'RecordingSid'],
    [`/v1/recordings/${newSid('RE')}`, 404, 'No recording'],
    [`/v1/recordings/${newSid('RE')}/transcript`, 404, 'No recording'],
    [`/v1/calls/${newSid('CA')}`, 404, 'No call'],
    ['/v1/calls/..%2f..%2fetc', 400, 'CallSid'],
    ['/v1/recordings?state=gone', 400, 'state: give one of in-progress, absent'],
    ['/v1/recordings?stat=waiting', 400, 'stat'],
    ['/v1/recordings?limit=0', 400, 'limit: give a whole number from 1 to 200'],
    ['/v1/recordings?limit=ten', 400, 'limit: give a whole number from 1 to 200'],
    ['/v1/recordings?limit=100000', 400, 'limit'],
    ['/v1/recordings?cursor=tampered', 400, 'cursor'],
    [`/v1/recordings?cursor=${Buffer.from('["2026-01-01T00:00:00Z","x"]').toString('base64url')}`, 400, 'cursor'],
    ['/v1/nothing', 404, 'openapi.json'],
  ])('answers %s with %i and what is wrong', async (path, status, said) => {
    const answer = await send(path);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', json: { status } });
    expect(answer.json.detail).toContain(said);
  });
});

describe('a request on the wire', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await serveHttp({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
  });
  afterAll(() => server?.close(100));

  const sent = async (method: string, path: string, body?: string | ReadableStream, type = 'application/json') => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type };
    const init = { method, headers, body: body ?? null, duplex: 'half' };
    const response = await fetch(server.url + path, init as RequestInit);
    return { status: response.status, allow: response.headers.get('allow'), json: await response.json() };
  };
  const answer = () => JSON.stringify({ callSid: newSid('CA'), party: 'caller', outcome: 'granted' });

  // A client that streams its request (`Transfer-Encoding: chunked`), or sends none at all, was answered 500.
  it('may have a body of untold length, or none', async () => {
    expect(await sent('POST', '/v1/consents', new Blob([answer()]).stream())).toMatchObject({ status: 201 });
    expect(await sent('POST', '/v1/consents', answer())).toMatchObject({ status: 201 });
    expect(await sent('POST', '/v1/consents')).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('JSON') },
    });
  });

  it.each([
    ['told', () => 'x'.repeat(20_000)],
    ['untold', () => new Blob(['x'.repeat(20_000)]).stream()],
  ])('has a limit, its length being %s', async (_, body) => {
    expect(await sent('POST', '/v1/consents', body())).toMatchObject({
      status: 413,
      json: { detail: expect.stringContaining('16384 bytes') },
    });
  });

  it('is told the content type of its body', async () => {
    expect(await sent('POST', '/v1/consents', answer(), 'text/plain')).toMatchObject({
      status: 415,
      json: { detail: 'Send the body as "Content-Type: application/json".' },
    });
  });

  it.each([
    ['POST', '/v1/recordings', 'GET'],
    ['DELETE', `/v1/recordings/${newSid('RE')}`, 'GET'],
    ['GET', `/v1/recordings/${newSid('RE')}/retention`, 'PUT'],
    ['GET', '/v1/consents', 'POST'],
    ['OPTIONS', '/v1/consents', 'POST'],
  ])('%s %s is told the method that there is: %s', async (method, path, allow) => {
    expect(await sent(method, path)).toMatchObject({
      status: 405,
      allow,
      json: { detail: `Use ${allow} at this address.` },
    });
  });
});

describe('recordings', () => {
  it('are listed newest first, page by page, each once', async () => {
    const made: string[] = [];
    for (const minutes of [10, 11, 11, 12, 13]) {
      test.now = at(minutes);
      const sid = newSid('RE');
      await test.take(recordingCompleted(sid, { callSid: newSid('CA') }));
      made.push(sid);
    }
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const cursor: string = next === undefined ? '' : `&cursor=${next}`;
      const { json } = await send(`/v1/recordings?limit=2${cursor}`);
      seen.push(...json.recordings.map((recording: { recordingSid: string }) => recording.recordingSid));
      next = json.next;
    } while (next !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((sid) => made.includes(sid)).toSorted()).toEqual(made.toSorted());
    expect(seen.indexOf(made[4] ?? '')).toBeLessThan(seen.indexOf(made[0] ?? ''));
  });

  it('are listed by state', async () => {
    const { sid } = await given('refused');
    const { json } = await send('/v1/recordings?state=refused');
    expect(json.recordings).toContainEqual(expect.objectContaining({ recordingSid: sid, state: 'refused' }));
    expect(new Set(json.recordings.map((each: { state: string }) => each.state))).toEqual(new Set(['refused']));
  });

  it('say in plain words why they wait and what would release them', async () => {
    const { path, callSid } = await given('waiting');
    expect((await send(path)).json).toMatchObject({
      state: 'waiting',
      from: '+14155550100',
      decision: {
        number: 1,
        rule: 'consent-unknown-within-grace-period',
        reason: `Nobody's agreement to recording is known for call ${callSid}.`,
        releasedBy: [`An agreement to recording recorded for call ${callSid}.`],
        policy: { name: 'built-in', version: 1 },
        reviewAt: at(60).toISOString(),
      },
    });
  });

  it('are found through any leg of their call', async () => {
    const { callSid, sid } = await given('cleared');
    const child = newSid('CA');
    await test.take(legReported(child, { parentCallSid: callSid, status: 'busy' }));
    expect((await send(`/v1/calls/${child}`)).json).toMatchObject({
      legs: [
        { callSid, status: 'completed' },
        { callSid: child, parentCallSid: callSid, status: 'busy', statuses: [{ status: 'busy' }] },
      ],
      consents: [{ party: 'caller', outcome: 'granted' }],
      recordings: [{ recordingSid: sid, state: 'cleared' }],
    });
  });
});

describe('recordings of several accounts', () => {
  it('are listed together or by account, found by their SID, and say so when their account is not configured', async () => {
    const [accountSid, callSid, sid] = [newSid('AC'), newSid('CA'), newSid('RE')];
    const own = await given('waiting');
    test.now = at(1);
    await test.take(legReported(callSid), recordingCompleted(sid, { callSid }, { accountSid }));
    const listed = async (query: string): Promise<string[]> =>
      (await send(`/v1/recordings?limit=200${query}`)).json.recordings.map(
        (each: { recordingSid: string }) => each.recordingSid,
      );
    expect(await listed('')).toEqual(expect.arrayContaining([own.sid, sid]));
    expect(await listed(`&accountSid=${accountSid}`)).toEqual([sid]);
    expect(await listed(`&accountSid=${ACCOUNT}`)).not.toContain(sid);
    const reason = expect.stringContaining('ACCOUNTS_FILE');
    expect((await send(`/v1/recordings/${sid}`)).json).toMatchObject({ accountSid, reason });
    expect((await send(own.path)).json).not.toMatchObject({ reason });
    expect((await send(`/v1/recordings/${sid}?accountSid=${ACCOUNT}`)).status).toBe(404);
    // An answer on a call of that account alone is that account's.
    await post({
      callSid: (await send(`/v1/recordings/${sid}`)).json.callSid,
      party: 'x',
      outcome: 'refused',
      accountSid: ACCOUNT,
    });
    expect((await send(`/v1/recordings/${sid}`)).json.state).toBe('waiting');
    const unknown = await post({ callSid, party: 'caller', outcome: 'granted', accountSid });
    expect(unknown).toMatchObject({ status: 400, json: { detail: reason } });
  });

  it('must be named with their account where two accounts tell of one SID', async () => {
    const accountSid = newSid('AC');
    const { sid, callSid, path } = await given('waiting');
    await test.take(recordingCompleted(sid, { callSid }, { accountSid }));
    expect(await send(path)).toMatchObject({ status: 400, json: { detail: expect.stringContaining(accountSid) } });
    expect((await send(`${path}?accountSid=${ACCOUNT}`)).json.accountSid).toBe(ACCOUNT);
  });
});

describe('transcripts', () => {
  it('come in each format as they are stored', async () => {
    const { path } = await given('transcribed');
    expect(await send(`${path}/transcript`)).toMatchObject({ status: 200, json: { simulated: true } });
    expect(await send(`${path}/transcript?format=txt`)).toMatchObject({
      type: 'text/plain; charset=utf-8',
      text: 'caller: hello',
    });
  });

  it('are not there before they are made, and the answer says where the recording stands', async () => {
    const { path } = await given('waiting');
    expect((await send(`${path}/transcript`)).json.detail).toMatch(/no transcript; it is waiting\. Nobody's agreement/);
  });

  it('cannot be read once a party withdrew', async () => {
    const { path, callSid } = await given('transcribed');
    await test.take(consentOf({ callSid }, 'refused', { recordedAt: at(3).toISOString() }));
    expect(await send(`${path}/transcript`)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('Withdrew') },
    });
  });

  it('cannot be read once a party withdrew its agreement to transcription alone', async () => {
    const { path, callSid } = await given('transcribed');
    const purposes: ['transcribe'] = ['transcribe'];
    await test.take(consentOf({ callSid }, 'refused', { purposes, recordedAt: at(3).toISOString() }));
    expect(await send(`${path}/transcript`)).toMatchObject({ status: 403 });
  });

  it('are missed with the object’s name where the store has lost them', async () => {
    const { path, sid } = await given('transcribed');
    const answer = await send(`${path}/transcript?format=vtt`);
    expect(answer).toMatchObject({ status: 404, json: { detail: expect.stringContaining(`${sid}/transcript.vtt`) } });
  });
});

describe.skipIf(!existsSync(OPEN_FILES))('an open transcript', () => {
  const openObjects = async () => {
    const files = (await readdir(OPEN_FILES)).map((fd) => readlink(join(OPEN_FILES, fd)).catch(() => ''));
    return (await Promise.all(files)).filter((file) => file.startsWith(folder));
  };

  /** Longer than what is read ahead of the client. */
  const long = async () => {
    const { path, sid } = await given('transcribed');
    const bytes = Buffer.alloc(32 * 1024 * 1024, 'x');
    await store.put(`${ACCOUNT}/${sid}/transcript.srt`, bytes, { contentType: 'text/plain' });
    return { path, bytes: bytes.length };
  };
  const headers = { authorization: `Bearer ${TOKEN}` };

  // A monitor that asked by HEAD used up all file descriptors of the service.
  it('is not left behind by HEAD, which tells its length', async () => {
    const { path, bytes } = await long();
    for (let times = 0; times < 5; times += 1) {
      const answer = await app.request(`${path}/transcript?format=srt`, { method: 'HEAD', headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-length')).toBe(String(bytes));
    }
    expect((await app.request(`${path}/transcript?format=vtt`, { method: 'HEAD', headers })).status).toBe(404);
    expect(await openObjects()).toEqual([]);
  });

  it('is closed when the client goes away in the middle', async () => {
    const { path } = await long();
    const server = await serveHttp({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
    const leaving = new AbortController();
    try {
      const url = `${server.url}${path}/transcript?format=srt`;
      const answer = await fetch(url, { headers, signal: leaving.signal });
      await answer.body?.getReader().read();
      expect(await openObjects()).toHaveLength(1);
      leaving.abort();
      await vi.waitFor(async () => expect(await openObjects()).toEqual([]), 10_000);
    } finally {
      await server.close(100);
    }
  });
});

describe('consent given elsewhere', () => {
  it('releases what waits, and is published as an event that changes nothing when it comes back', async () => {
    const { callSid, sid, path } = await given('waiting');
    await test.published();
    const { status, json } = await post({ callSid, party: 'caller', outcome: 'granted', method: 'written' });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { recordings: [{ recordingSid: sid, state: 'cleared', decision: { outcome: 'cleared' } }] },
    });
    const published = await test.published();
    expect(published.map((event) => event.type)).toEqual([
      'onrecord.consent.recorded.v1',
      'onrecord.recording.cleared.v1',
    ]);
    expect(published[0]?.id).toBe(json.consentId);
    expect(await test.take(...published.slice(0, 1))).toEqual([]);
    expect((await send(path)).json.consents).toHaveLength(1);
  });

  // A consent recorded for CA…ABC was kept under that spelling and released nothing; one for ca…abc was answered 500.
  it.each([
    (sid: string) => `CA${sid.slice(2).toUpperCase()}`,
    (sid: string) => sid.toLowerCase(),
    (sid: string) => sid.toUpperCase(),
  ])('finds its call however the SID is spelt (%#)', async (spell) => {
    const { callSid, sid } = await given('waiting');
    const { status, json } = await post({ callSid: spell(callSid), party: 'caller', outcome: 'granted' });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { recordings: [{ recordingSid: sid, state: 'cleared' }] },
    });
    expect((await send(`/v1/calls/${spell(callSid)}`)).json).toMatchObject({ callSid });
    const spelt = `RE${sid.slice(2).toUpperCase()}`;
    expect((await send(`/v1/recordings/${spelt}`)).json).toMatchObject({ recordingSid: sid, callSid });
  });

  it('is kept for a call that nothing is known of yet', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    expect((await post({ callSid, party: 'caller', outcome: 'granted' })).json).toMatchObject({
      known: false,
      recordings: [],
    });
    test.now = at(5);
    expect(await test.take(recordingCompleted(sid, { callSid }))).toEqual(['cleared']);
    expect((await post({ callSid, party: 'caller', outcome: 'granted' })).json.known).toBe(true);
  });

  // A person mistyped a ConferenceSid, was told 201, and the recording stayed withheld.
  it('says whether the call or the conference is one that was reported', async () => {
    const [parent, child, conference, participant] = ['CA', 'CA', 'CF', 'CA'].map(newSid) as [
      string,
      string,
      string,
      string,
    ];
    await test.take(legReported(child, { parentCallSid: parent }), joined(conference, participant));
    const answer = { party: 'caller', outcome: 'granted' };
    for (const callSid of [parent, child, participant])
      expect((await post({ ...answer, callSid })).json.known).toBe(true);
    expect((await post({ ...answer, conferenceSid: conference })).json.known).toBe(true);
    expect((await post({ ...answer, conferenceSid: newSid('CF') })).json.known).toBe(false);
  });

  it('counts once under one Idempotency-Key', async () => {
    const { callSid } = await given('waiting');
    const key = { 'idempotency-key': 'form-17' };
    const answer = { callSid, party: 'caller', outcome: 'granted' };
    expect((await post(answer, key)).status).toBe(201);
    test.now = at(2);
    expect((await post(answer, key)).status).toBe(200);
    expect((await send(`/v1/calls/${callSid}`)).json.consents).toHaveLength(1);
  });

  // The answer of another party, or of another time, was told to be recorded before, and was not.
  it.each([
    ['outcome', { outcome: 'refused' }],
    ['party', { party: 'called' }],
    ['time', { recordedAt: at(0).toISOString() }],
    ['method', { method: 'written' }],
    ['purposes', { purposes: ['record'] }],
  ])('refuses the Idempotency-Key of an answer with another %s', async (_, other) => {
    const { callSid } = await given('waiting');
    const key = { 'idempotency-key': 'form-18' };
    const answer = { callSid, party: 'caller', outcome: 'granted', recordedAt: at(-1).toISOString() };
    expect((await post(answer, key)).status).toBe(201);
    expect(await post({ ...answer, ...other }, key)).toMatchObject({
      status: 422,
      json: { detail: `This Idempotency-Key recorded another answer: caller granted at ${at(-1).toISOString()}.` },
    });
    expect((await send(`/v1/calls/${callSid}`)).json.consents).toHaveLength(1);
  });

  it.each([
    ['neither a call nor a conference', { party: 'caller', outcome: 'granted' }, 'callSid or a conferenceSid'],
    ['both', { outcome: 'granted', callSid: newSid('CA'), conferenceSid: newSid('CF') }, 'callSid or a conferenceSid'],
    ['no outcome', { callSid: newSid('CA') }, 'outcome'],
    ['an outcome of its own', { callSid: newSid('CA'), outcome: 'maybe' }, 'outcome'],
    ['no purpose', { callSid: newSid('CA'), outcome: 'granted', purposes: [] }, 'purposes'],
    ['an unknown purpose', { callSid: newSid('CA'), outcome: 'granted', purposes: ['sell'] }, 'purposes'],
    ['an unknown field', { callSid: newSid('CA'), outcome: 'granted', partyy: 'x' }, 'partyy'],
    ['no party', { callSid: newSid('CA'), outcome: 'granted' }, 'party: say whose answer it is'],
    // "a:b" with the key "c" and "a" with the key "b:c" would be one answer.
    ...['a:b', 'a\nb', ' caller', 'Caller', ''].map((party): [string, object, string] => [
      `the party ${JSON.stringify(party)}`,
      { callSid: newSid('CA'), outcome: 'granted', party },
      'party: give 1 to 64 lower-case letters',
    ]),
    [
      'a time in the future',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: '2099-01-01T00:00:00Z' },
      'recordedAt: an answer cannot be from the future; it is 2026',
    ],
    ['no JSON', '{"callSid":', 'JSON'],
    [
      'a time before all calls',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: '0000-01-01T00:00:00+23:59' },
      'recordedAt: give a year from 1970',
    ],
    [
      'no time',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: 'yesterday' },
      'recordedAt: give a time with Z or its offset',
    ],
  ])('is refused with %s', async (_, body, said) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(answer.json.detail).toContain(said);
  });
});

describe('the retention of one recording', () => {
  const put = (path: string, deleteAfter: unknown) =>
    send(`${path}/retention`, { method: 'PUT', body: { deleteAfter } });

  it('is shortened, prolonged, and given back to the schedule', async () => {
    const { path } = await given('transcribed');
    const soon = at(5).toISOString();
    expect((await put(path, soon)).json.deletion).toEqual({ status: 'planned', cause: 'operator', deleteAfter: soon });
    const late = at(90 * 1440).toISOString();
    expect((await put(path, late)).json.deletion.deleteAfter).toBe(late);
    expect((await put(path, null)).json.deletion).toMatchObject({ cause: 'schedule' });
  });

  it('cannot put off what a party refused', async () => {
    const { path } = await given('refused');
    expect(await put(path, at(99_999).toISOString())).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('A later agreement by the same party') },
    });
    expect(await put(path, at(2).toISOString())).toMatchObject({ status: 200 });
  });

  it('takes nothing but a moment', async () => {
    const { path } = await given('cleared');
    for (const bad of ['tomorrow', 17, undefined, '9999-12-31T23:59:59-23:59'])
      expect((await put(path, bad)).status).toBe(400);
  });
});

it('nothing unexpected happened', () => {
  expect(errors).toEqual([]);
});
