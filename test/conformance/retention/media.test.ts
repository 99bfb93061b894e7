import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { GetOptions, ObjectStore } from '@onrecord/shared/object-store/port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createBucket } from '../../servers/buckets.ts';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted, stored } from './facts.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

/** Longer than what sockets and streams hold between them. */
const BYTES = 40_000_000;
const AUDIO = randomBytes(100_000);

let api: RecordsApp;
let server: HttpServer;
beforeAll(async () => {
  api = await RecordsApp.start();
  server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
});
afterAll(async () => {
  await server?.close(100);
  await api?.close();
});

interface Archive {
  audio?: Uint8Array;
  bytes?: number;
  of?: RecordsApp;
  store?: ObjectStore;
}

async function archivedRecording(
  { audio, of = api, store = of.store, bytes = audio?.byteLength ?? 0 }: Archive = { audio: AUDIO },
) {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const prefix = `${ACCOUNT}/${sid}/`;
  if (audio !== undefined) await store.put(`${prefix}media.wav`, audio, { contentType: 'audio/x-wav' });
  await store.put(`${prefix}waveform.json`, Buffer.from('{"version":2}'), { contentType: 'application/json' });
  const media = { ...stored(`${prefix}media.wav`), bytes, contentType: 'audio/x-wav' };
  const waveform = { ...stored(`${prefix}waveform.json`), bytes: 13 };
  await of.test.take(legReported(callSid), recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
  await of.test.take(archived(sid, callSid, prefix, { media, waveform }));
  return { callSid, sid, path: `/v1/recordings/${sid}/media` };
}

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
  const { status } = response;
  return { status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

describe('the audio of a recording', () => {
  it('is what Twilio served, with its hash for an ETag', async () => {
    const { path } = await archivedRecording();
    const { status, headers, body } = await ask(path);
    expect({ status, same: body.equals(AUDIO) }).toEqual({ status: 200, same: true });
    expect(Object.fromEntries(headers)).toMatchObject({
      ...{ 'content-type': 'audio/x-wav', 'content-length': '100000', 'accept-ranges': 'bytes' },
      etag: `"${'a'.repeat(64)}"`,
    });
    expect((await ask(path, { 'if-none-match': headers.get('etag') ?? '' })).status).toBe(304);
    const head = await ask(path, { range: 'bytes=0-9' }, 'HEAD');
    expect({ status: head.status, length: head.headers.get('content-length') }).toEqual({
      status: 200,
      length: '100000',
    });
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=99990-', 99_990, 99_999],
    ['bytes=-5', 99_995, 99_999],
    ['bytes=50000-999999', 50_000, 99_999],
  ])('can be had in parts: %s', async (range, start, end) => {
    const { path } = await archivedRecording();
    const { status, headers, body } = await ask(path, { range });
    expect({ status, of: headers.get('content-range'), length: headers.get('content-length') }).toEqual({
      status: 206,
      of: `bytes ${start}-${end}/100000`,
      length: String(end - start + 1),
    });
    expect(body.equals(AUDIO.subarray(start, end + 1))).toBe(true);
  });

  it('has no part beyond its end, and says how long it is', async () => {
    const { path } = await archivedRecording();
    const { status, headers, body } = await ask(path, { range: 'bytes=100000-' });
    expect({ status, of: headers.get('content-range') }).toEqual({ status: 416, of: 'bytes */100000' });
    expect(JSON.parse(body.toString()).detail).toContain('It has 100000 bytes');
  });

  it('is given whole to whoever has a part of another one', async () => {
    const { path } = await archivedRecording();
    const part = { range: 'bytes=0-9', 'if-range': `"${'a'.repeat(64)}"` };
    expect((await ask(path, part)).status).toBe(206);
    expect((await ask(path, { ...part, 'if-range': '"another"' })).status).toBe(200);
  });

  it('is not there for whoever may not have it, or where it is gone', async () => {
    const { path, callSid } = await archivedRecording();
    expect((await fetch(server.url + path)).status).toBe(401);
    await api.test.take(consentOf({ callSid }, 'refused', { recordedAt: new Date().toISOString(), reference: 'no' }));
    expect((await ask(path)).status).toBe(403);
    const lost = await archivedRecording({ bytes: 44 });
    for (const method of ['GET', 'HEAD']) expect((await ask(lost.path, {}, method)).status).toBe(404);
    const { path: waiting } = await api.given('waiting');
    const { status, body } = await ask(`${waiting}/media`);
    expect({ status, detail: JSON.parse(body.toString()).detail }).toEqual({
      status: 404,
      detail: expect.stringContaining('has no audio; it is waiting'),
    });
    expect((await ask(`/v1/recordings/${newSid('RE')}/media`)).status).toBe(404);
  });

  it('has its peaks beside it', async () => {
    const { sid } = await archivedRecording();
    const { status, body, headers } = await ask(`/v1/recordings/${sid}/waveform`);
    expect({ status, body: body.toString(), type: headers.get('content-type') }).toEqual({
      ...{ status: 200, body: '{"version":2}' },
      type: 'application/json',
    });
  });

  // The peaks tell who spoke when and how loudly, and once went to anybody without a trace.
  it('has who fetched its peaks on record, and why', async () => {
    const { sid } = await archivedRecording();
    const peaks = `/v1/recordings/${sid}/waveform`;
    expect((await ask(peaks, { 'x-access-purpose': 'call +14155550100' })).status).toBe(400);
    expect((await api.send(`/v1/accesses?recordingSid=${sid}`)).json.accesses).toEqual([]);
    expect((await ask(peaks, { 'x-access-purpose': 'complaint 4711' })).status).toBe(200);
    expect((await api.send(`/v1/accesses?recordingSid=${sid}`)).json.accesses).toMatchObject([
      { what: 'audio', format: 'waveform', purpose: 'complaint 4711' },
    ]);
  });
});

describe('the store', () => {
  /** A store whose objects are as long as they are said to be, and that counts what is read of them. */
  async function countingServer() {
    const opened: { read: number; stream: Readable }[] = [];
    const get = async (key: string, _: GetOptions = {}) => {
      const one = { read: 0, stream: Readable.from(chunks()) };
      async function* chunks() {
        const chunk = Buffer.alloc(64 * 1024);
        for (; one.read < BYTES; one.read += chunk.length) yield chunk;
      }
      opened.push(one);
      return { key, bytes: BYTES, lastModified: new Date(), body: one.stream };
    };
    const objectStore = { get, head: api.store.head, presignGet: api.store.presignGet };
    const of = await RecordsApp.start({ objectStore });
    const counting = await serveHttp({ fetch: of.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
    return { of, counting, opened };
  }

  it('is read as fast as the client reads, and no further once the client is gone', async () => {
    const { of, counting, opened } = await countingServer();
    const { path } = await archivedRecording({ of, bytes: BYTES });
    const { port } = counting;
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    let before = -1;
    await vi.waitFor(
      () => {
        const read = opened[0]?.read ?? 0;
        const stands = read === before;
        before = read;
        expect(stands && read > 0).toBe(true);
      },
      { interval: 200 },
    );
    // What sockets and streams hold, and far from all of it.
    expect(before).toBeLessThan(BYTES / 2);
    socket.destroy();
    await vi.waitFor(() => expect(opened[0]?.stream.destroyed).toBe(true));
    expect(opened[0]?.read).toBeLessThan(BYTES / 2);
    await counting.close(100);
    await of.close();
  });
});

describe('an address at the store', () => {
  it('is read without a token, for as long as it says', async () => {
    const s3 = requireServer('s3');
    const { endpoint, region } = s3;
    const place = { kind: 's3', bucket: await createBucket(s3), prefix: '', endpoint, region } as const;
    const store = await openObjectStore({ ...place, credentials: s3, forcePathStyle: true });
    const of = await RecordsApp.start({ objectStore: store });
    const { path } = await archivedRecording({ audio: AUDIO, of, store });
    const { status, json } = await of.send(`${path}?delivery=url&expiresIn=60`);
    expect({ status, json }).toMatchObject({ status: 200, json: { bytes: 100_000, contentType: 'audio/x-wav' } });
    expect(new URL(json.url).searchParams.get('X-Amz-Expires')).toBe('60');
    const fetched = await fetch(json.url);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(AUDIO)).toBe(true);
    await store.close();
    await of.close();
  });

  // `share` was recorded, and an address was given out all the same.
  it('is refused of what a party refused to share, which is still to be had with a token', async () => {
    const { callSid, path, sid } = await archivedRecording();
    const no = { purposes: ['share' as const], recordedAt: at(2).toISOString(), reference: 'no' };
    await api.test.published();
    await api.test.take(consentOf({ callSid }, 'refused', no));
    const { status, body } = await ask(`${path}?delivery=url`);
    expect({ status, detail: JSON.parse(body.toString()).detail }).toEqual({
      status: 403,
      detail: `Sharing it was refused by caller of ${callSid}; a later agreement to share by the same party undoes that. With a token the audio is to be had: leave delivery out.`,
    });
    expect((await ask(path)).status).toBe(200);
    const { json } = await api.send(`/v1/recordings/${sid}`);
    expect(json.purposes).toContainEqual(expect.stringContaining(`To share: not cleared; refused by ${callSid}`));
    expect(json.decision).toMatchObject({ number: 2, consented: [{ purpose: 'record' }, { purpose: 'transcribe' }] });
    // Nothing was agreed to that is taken back, so there is nothing to tell; an agreement is told, and begins no other work.
    const yes = { ...no, recordedAt: at(3).toISOString(), reference: 'yes' };
    await api.test.take(consentOf({ callSid }, 'granted', yes));
    expect((await api.test.published()).map(({ data }) => data)).toMatchObject([
      { decision: 3, continues: 2, supersedesClearance: false, consented: [{}, {}, { purpose: 'share' }] },
    ]);
    const explained = await api.send(`/v1/recordings/${sid}/decision`);
    expect(explained.json).toMatchObject({ number: 3, continues: 2, outcome: 'cleared' });
    expect(explained.json.explanation).toContain('To share: cleared.');
  });

  it('is not to be had of a folder, and for no more than five minutes', async () => {
    const { path } = await archivedRecording();
    const { status, body } = await ask(`${path}?delivery=url`);
    expect({ status, detail: JSON.parse(body.toString()).detail }).toEqual({
      status: 409,
      detail: 'The object store is a folder, which gives no addresses: leave delivery out.',
    });
    for (const seconds of ['301', '0', '-1', 'x', '1.5']) {
      expect((await ask(`${path}?delivery=url&expiresIn=${seconds}`)).status).toBe(400);
    }
  });
});
