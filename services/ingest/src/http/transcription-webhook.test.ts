import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { askedNoteOf, callbackKeys } from '@onrecord/shared/transcription/callback-objects';
import { transcriptionCallbackUrl } from '@onrecord/shared/transcription/callback-token';
import { expect, onTestFinished, test, vi } from 'vitest';
import { callback, sendRaw, startedIngest } from '../testing/started-ingest.ts';

const secret = 'a-secret-of-thirty-two-characters';
const folder = `AC${'1'.repeat(32)}/2026/11/21/CA${'3'.repeat(32)}/RE${'2'.repeat(32)}/`;
const subject = { folder, audioSha256: 'a'.repeat(64), optionsFingerprint: 'b'.repeat(64) };
const keys = callbackKeys(subject);
const HOUR_MS = 3_600_000;
const json = '{"metadata":{"request_id":"r-1"}}';

/** Ingest over real sockets, and the store that it shares with the transcriber. */
async function started(environment: Record<string, string> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'onrecord-answers-'));
  const store = await openObjectStore({ kind: 'file', folder: root });
  const ingest = await startedIngest({
    TRANSCRIPTION_WEBHOOK_SECRET: secret,
    RECORDINGS_BUCKET: `file:${root}`,
    ...environment,
  });
  onTestFinished(async () => {
    await ingest.service.stop();
    await store.close();
    await rm(root, { recursive: true, force: true });
  });
  const ask = (about = subject) => {
    const note = askedNoteOf(about, { askedAt: new Date(), answerBy: new Date(Date.now() + HOUR_MS) });
    return store.put(callbackKeys(about).asked, Buffer.from(JSON.stringify(note)), { contentType: 'application/json' });
  };
  const files = async () => (await readdir(join(root, folder)).catch(() => [])).filter((name) => !name.startsWith('.'));
  return { ...ingest, ask, files, store, read: () => readFile(join(root, keys.answer), 'utf8') };
}

/** As Deepgram calls back: the credentials of the URL in a header. */
function call(at: string, init: RequestInit = {}, { about = subject, until = new Date(Date.now() + HOUR_MS) } = {}) {
  const url = new URL(transcriptionCallbackUrl(at, about, { secret, until }));
  const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
  url.username = url.password = '';
  const headers = { authorization, 'content-type': 'application/json', ...init.headers };
  return fetch(url, { method: 'POST', body: json, ...init, headers });
}

test('an answer that was asked for is put where it is waited for, as it came', async () => {
  const { at, ask, read, lines } = await started();
  await ask();
  expect((await call(at)).status).toBe(204);
  expect(await read()).toBe(json);
  expect(lines).toContainEqual(expect.objectContaining({ outcome: 'kept', recordingSid: `RE${'2'.repeat(32)}` }));
});

test('one that comes again, or at the same moment, changes nothing', async () => {
  const { at, ask, read, files } = await started();
  await ask();
  const both = await Promise.all([call(at), call(at)]);
  expect(both.map(({ status }) => status)).toEqual([204, 204]);
  expect((await call(at, { body: '{"another":"answer"}' })).status).toBe(204);
  expect(await read()).toBe(json);
  expect((await files()).sort()).toEqual([keys.asked, keys.answer].map((key) => key.slice(folder.length)).sort());
});

test('a forged one is refused, and nothing is written', async () => {
  const { at, ask, files, lines } = await started();
  await ask();
  const before = await files();
  const url = transcriptionCallbackUrl(at, subject, { secret: 'x'.repeat(32), until: new Date(Date.now() + HOUR_MS) });
  const { pathname, username, password } = new URL(url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const forged = await fetch(at + pathname, { method: 'POST', body: json, headers: { authorization } });
  expect(forged.status).toBe(403);
  expect((await call(at, { headers: { authorization: '' } })).status).toBe(403);
  expect((await fetch(`${at}/webhooks/transcription/guess`, { method: 'POST', body: json })).status).toBe(403);
  expect((await call(at, {}, { until: new Date(Date.now() - 1_000) })).status).toBe(403);
  expect(await files()).toEqual(before);
  const reasons = lines.filter(({ msg }) => /was refused/.test(String(msg))).map(({ reason }) => reason);
  expect(reasons).toEqual(['not-signed', 'credentials', 'malformed', 'expired']);
});

test('no token and no password is ever in the log or in a metric', async () => {
  const { at, ask, lines, metrics } = await started({ LOG_LEVEL: 'trace' });
  await ask();
  await call(at);
  await call(at, { headers: { authorization: '' } });
  const url = new URL(transcriptionCallbackUrl(at, subject, { secret, until: new Date() }));
  const told = `${JSON.stringify(lines)}${await metrics()}`;
  const start = url.pathname.split('/').at(-1)?.slice(0, 60) ?? '';
  expect(told).not.toContain(start);
  expect(told).toContain('/webhooks/transcription/:token');
});

test('nobody waits: nothing was asked, the recording is deleted, or another audio was asked about', async () => {
  const { at, ask, files, store } = await started();
  expect((await call(at)).status).toBe(404);
  await ask({ ...subject, audioSha256: 'c'.repeat(64) });
  expect((await call(at)).status).toBe(404);
  await store.deleteAllVersions(folder.slice(0, -1));
  expect((await call(at)).status).toBe(404);
  expect(await files()).toEqual([]);
});

test('a body is bounded, whole, and not empty; a better one may follow', async () => {
  const { at, ask, read, files } = await started({ TRANSCRIPTION_ANSWER_BYTES: '1048576' });
  await ask();
  const long = 'x'.repeat(1_048_577);
  expect((await call(at, { body: long })).status).toBe(413);
  const chunked = { body: new Blob([long]).stream(), duplex: 'half' } as RequestInit;
  expect((await call(at, chunked)).status).toBe(413);
  expect((await call(at, { body: '' })).status).toBe(400);
  expect((await call(at, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  const url = new URL(transcriptionCallbackUrl(at, subject, { secret, until: new Date(Date.now() + HOUR_MS) }));
  const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
  const head = `POST ${url.pathname} HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\ncontent-length: 900\r\n\r\n`;
  await cutOff(at, `${head}{"metadata":`);
  expect(await files()).toHaveLength(1);
  expect((await call(at)).status).toBe(204);
  expect(await read()).toBe(json);
});

test('a store that is away is told with 503, and Twilio’s callbacks are taken as ever', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key').stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { at, lines } = await started({ RECORDINGS_BUCKET: 's3://recordings', S3_ENDPOINT: 'http://127.0.0.1:9' });
  const answer = await call(at);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', msg: expect.stringMatching(/may come again/) }),
  );
  expect((await callback(at)).status).toBe(204);
});

test('without the secret there is no such address, and with it no other method', async () => {
  const without = await started({ TRANSCRIPTION_WEBHOOK_SECRET: '' });
  expect((await call(without.at)).status).toBe(404);
  const { at } = await started();
  expect((await call(at, { method: 'PUT' })).status).toBe(405);
});

/** Sends what breaks off, and waits until it is noticed. */
async function cutOff(at: string, bytes: string): Promise<void> {
  await Promise.race([sendRaw(at, bytes), new Promise((resolve) => setTimeout(resolve, 200))]);
}
