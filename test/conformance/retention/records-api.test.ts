import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted, stored } from './facts.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

/** What this process has open, where the system tells. */
const OPEN_FILES = '/proc/self/fd';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

it('shows where the archived audio is not as it should be, and the peaks beside it', async () => {
  const { callSid, sid, path } = await api.given('cleared');
  const prefix = `${ACCOUNT}/${sid}/`;
  const warnings = [{ kind: 'same-sound-on-both-channels', text: 'both channels carry the same sound' }];
  await api.test.take(archived(sid, callSid, prefix, { warnings, waveform: stored(`${prefix}waveform.json`) }));
  const { archive, objects } = (await api.send(path)).json;
  expect(archive).toMatchObject({ store: 'file:///recordings', warnings });
  expect(objects).toContainEqual({ kind: 'derived', ...stored(`${prefix}waveform.json`) });
  const without = await api.given('transcribed');
  expect((await api.send(without.path)).json.archive.warnings).toEqual([]);
  const { json } = await api.send('/openapi.json', { token: null });
  const detail = json.components.schemas.Recording.allOf.at(-1);
  expect(detail.properties.archive.required).toContain('warnings');
});

describe('the door of the records API', () => {
  it.each([null, 'wrong', `${TOKEN}x`, ''])('stays shut for the token %s', async (token) => {
    const answer = await api.send('/v1/recordings', { token });
    expect(answer).toMatchObject({ status: 401, type: 'application/problem+json' });
    expect(answer.json.detail).toContain('RECORDS_API_TOKEN');
  });

  it('is described in OpenAPI 3.1, to whoever asks', async () => {
    const { json } = await api.send('/openapi.json', { token: null });
    expect(json.openapi).toBe('3.1.0');
    const known = [
      '/v1/accesses',
      '/v1/calls',
      '/v1/calls/{callSid}',
      '/v1/calls/{callSid}/diagnosis',
      '/v1/consents',
      '/v1/deletions',
      '/v1/deletions/{deletionId}',
      '/v1/deletions/{deletionId}/certificate',
      '/v1/erasures',
      '/v1/erasures/{erasureId}',
      '/v1/holds',
      '/v1/holds/{holdId}',
      '/v1/holds/{holdId}/recordings',
      '/v1/holds/{holdId}/release',
      '/v1/holds/{holdId}/release/approval',
      '/v1/matters',
      '/v1/matters/{matterId}',
      '/v1/recordings',
      '/v1/recordings/{recordingSid}',
      '/v1/recordings/{recordingSid}/media',
      '/v1/recordings/{recordingSid}/retention',
      '/v1/recordings/{recordingSid}/transcript',
      '/v1/recordings/{recordingSid}/waveform',
      '/v1/subject-exports',
      '/v1/tokens',
      '/v1/tokens/{tokenId}',
      '/v1/transcripts',
    ];
    expect(Object.keys(json.paths)).toEqual(expect.arrayContaining(known));
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
    ['/v1/recordings?state=gone', 400, 'state is "gone": give one of in-progress, absent'],
    ['/v1/recordings?stat=waiting', 400, 'did you mean state?'],
    ['/v1/recordings?limit=0', 400, 'limit is "0": give a whole number from 1 to 200'],
    ['/v1/recordings?limit=ten', 400, 'limit is "ten": give a whole number from 1 to 200'],
    ['/v1/recordings?limit=100000', 400, 'limit'],
    ['/v1/recordings?cursor=tampered', 400, 'cursor'],
    [`/v1/recordings?cursor=${Buffer.from('["2026-01-01T00:00:00Z","x"]').toString('base64url')}`, 400, 'cursor'],
    ['/v1/nothing', 404, 'openapi.json'],
  ])('answers %s with %i and what is wrong', async (path, status, said) => {
    const answer = await api.send(path);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', json: { status } });
    expect(answer.json.detail).toContain(said);
  });
});

describe('a request on the wire', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
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
    ['DELETE', '/v1/consents', 'POST, GET'],
    ['OPTIONS', '/v1/consents', 'POST, GET'],
  ])('%s %s is told the method that there is: %s', async (method, path, allow) => {
    expect(await sent(method, path)).toMatchObject({
      status: 405,
      allow,
      json: { detail: `Use ${allow} at this address.` },
    });
  });
});

describe('recordings', () => {
  it('are listed on by the cursor of this very list alone', async () => {
    await api.given('waiting');
    await api.given('waiting');
    const { next } = (await api.send('/v1/recordings?state=waiting&limit=1')).json;
    const listed = (query: string) => api.send(`/v1/recordings?${query}`);
    expect(await listed(`limit=2&cursor=${next}&state=waiting`)).toMatchObject({ status: 200 });
    const changed = `${next.slice(0, -1)}${next.endsWith('A') ? 'B' : 'A'}`;
    const queries = [
      `cursor=${next}`,
      `state=refused&cursor=${next}`,
      `state=waiting&accountSid=${ACCOUNT}&cursor=${next}`,
    ];
    for (const query of [
      ...queries,
      `state=waiting&cursor=${changed}`,
      'state=waiting&cursor=',
      `cursor=${'A'.repeat(5_000)}`,
    ]) {
      expect(await listed(query)).toMatchObject({ status: 400, json: { detail: expect.stringContaining('cursor') } });
    }
  });

  it('are listed by state', async () => {
    const { sid } = await api.given('refused');
    const { json } = await api.send('/v1/recordings?state=refused');
    expect(json.recordings).toContainEqual(expect.objectContaining({ recordingSid: sid, state: 'refused' }));
    expect(new Set(json.recordings.map((each: { state: string }) => each.state))).toEqual(new Set(['refused']));
  });

  it('say in plain words why they wait and what would release them', async () => {
    const { path, callSid } = await api.given('waiting');
    expect((await api.send(path)).json).toMatchObject({
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
    const { callSid, sid } = await api.given('cleared');
    const child = newSid('CA');
    await api.test.take(legReported(child, { parentCallSid: callSid, status: 'busy' }));
    expect((await api.send(`/v1/calls/${child}`)).json).toMatchObject({
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
    const own = await api.given('waiting');
    api.test.now = at(1);
    await api.test.take(legReported(callSid), recordingCompleted(sid, { callSid }, { accountSid }));
    const listed = async (query: string): Promise<string[]> =>
      (await api.send(`/v1/recordings?limit=200${query}`)).json.recordings.map(
        (each: { recordingSid: string }) => each.recordingSid,
      );
    expect(await listed('')).toEqual(expect.arrayContaining([own.sid, sid]));
    expect(await listed(`&accountSid=${accountSid}`)).toEqual([sid]);
    expect(await listed(`&accountSid=${ACCOUNT}`)).not.toContain(sid);
    const reason = expect.stringContaining('ACCOUNTS_FILE');
    expect((await api.send(`/v1/recordings/${sid}`)).json).toMatchObject({ accountSid, reason });
    expect((await api.send(own.path)).json).not.toMatchObject({ reason });
    expect((await api.send(`/v1/recordings/${sid}?accountSid=${ACCOUNT}`)).status).toBe(404);
    // An answer on a call of that account alone is that account's.
    await api.post({
      callSid: (await api.send(`/v1/recordings/${sid}`)).json.callSid,
      party: 'x',
      outcome: 'refused',
      accountSid: ACCOUNT,
    });
    expect((await api.send(`/v1/recordings/${sid}`)).json.state).toBe('waiting');
    const unknown = await api.post({ callSid, party: 'caller', outcome: 'granted', accountSid });
    expect(unknown).toMatchObject({ status: 400, json: { detail: reason } });
  });

  it('must be named with their account where two accounts tell of one SID', async () => {
    const accountSid = newSid('AC');
    const { sid, callSid, path } = await api.given('waiting');
    await api.test.take(recordingCompleted(sid, { callSid }, { accountSid }));
    expect(await api.send(path)).toMatchObject({ status: 400, json: { detail: expect.stringContaining(accountSid) } });
    expect((await api.send(`${path}?accountSid=${ACCOUNT}`)).json.accountSid).toBe(ACCOUNT);
  });
});

describe('transcripts', () => {
  it('come in each format as they are stored', async () => {
    const { path } = await api.given('transcribed');
    expect(await api.send(`${path}/transcript`)).toMatchObject({ status: 200, json: { simulated: true } });
    expect(await api.send(`${path}/transcript?format=txt`)).toMatchObject({
      type: 'text/plain; charset=utf-8',
      text: 'caller: hello',
    });
  });

  it('are not there before they are made, and the answer says where the recording stands', async () => {
    const { path } = await api.given('waiting');
    expect((await api.send(`${path}/transcript`)).json.detail).toMatch(
      /no transcript; it is waiting\. Nobody's agreement/,
    );
  });

  it('cannot be read once a party withdrew', async () => {
    const { path, callSid } = await api.given('transcribed');
    await api.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(3).toISOString() }));
    expect(await api.send(`${path}/transcript`)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('Withdrew') },
    });
  });

  it('cannot be read once a party withdrew its agreement to transcription alone', async () => {
    const { path, callSid } = await api.given('transcribed');
    const purposes: ['transcribe'] = ['transcribe'];
    await api.test.take(consentOf({ callSid }, 'refused', { purposes, recordedAt: at(3).toISOString() }));
    expect(await api.send(`${path}/transcript`)).toMatchObject({ status: 403 });
  });

  it('are missed with the object’s name where the store has lost them', async () => {
    const { path, sid } = await api.given('transcribed');
    const answer = await api.send(`${path}/transcript?format=vtt`);
    expect(answer).toMatchObject({ status: 404, json: { detail: expect.stringContaining(`${sid}/transcript.vtt`) } });
  });
});

describe.skipIf(!existsSync(OPEN_FILES))('an open transcript', () => {
  const openObjects = async () => {
    const files = (await readdir(OPEN_FILES)).map((fd) => readlink(join(OPEN_FILES, fd)).catch(() => ''));
    return (await Promise.all(files)).filter((file) => file.startsWith(api.folder));
  };

  /** Longer than what is read ahead of the client. */
  const long = async () => {
    const { path, sid } = await api.given('transcribed');
    const bytes = Buffer.alloc(32 * 1024 * 1024, 'x');
    await api.store.put(`${ACCOUNT}/${sid}/transcript.srt`, bytes, { contentType: 'text/plain' });
    return { path, bytes: bytes.length };
  };
  const headers = { authorization: `Bearer ${TOKEN}` };

  // A monitor that asked by HEAD used up all file descriptors of the service.
  it('is not left behind by HEAD, which tells its length', async () => {
    const { path, bytes } = await long();
    for (let times = 0; times < 5; times += 1) {
      const answer = await api.app.request(`${path}/transcript?format=srt`, { method: 'HEAD', headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-length')).toBe(String(bytes));
    }
    expect((await api.app.request(`${path}/transcript?format=vtt`, { method: 'HEAD', headers })).status).toBe(404);
    expect(await openObjects()).toEqual([]);
  });

  it('is closed when the client goes away in the middle', async () => {
    const { path } = await long();
    const server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
    const leaving = new AbortController();
    try {
      const url = `${server.url}${path}/transcript?format=srt`;
      const answer = await fetch(url, { headers, signal: leaving.signal });
      await answer.body?.getReader().read();
      expect(await openObjects()).toHaveLength(1);
      leaving.abort();
      await vi.waitFor(async () => expect(await openObjects()).toEqual([]));
    } finally {
      await server.close(100);
    }
  });
});

it('nothing unexpected happened', () => {
  expect(api.errors).toEqual([]);
});
