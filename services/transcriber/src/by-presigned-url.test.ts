import { Writable } from 'node:stream';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { startSimulatedDeepgram, startWorker } from './testing/archived-ways.ts';
import { serve } from './testing/http-server.ts';
import { folder, openTestStore, recordingAudio, sha256Of } from './testing/pipeline.ts';

/** A store with addresses of its own; a real one is in test/conformance. */
async function presigningStore(media: Buffer = recordingAudio) {
  const { store, read } = await openTestStore();
  const { url, requests } = await serve((request, response) => {
    if (request.url?.endsWith('?signature=a-secret')) response.end(media);
    else response.writeHead(403).end();
  });
  const lives: number[] = [];
  let signature = 'a-secret';
  const presigning: ObjectStore = {
    ...store,
    presignGet: async (key, seconds) => {
      lives.push(seconds);
      return `${url}/${key}?signature=${signature}`;
    },
  };
  return { store: presigning, read, requests, lives, spoil: () => (signature = 'another-secret') };
}

it('Deepgram fetches the audio that is archived, once, by an address that lives no longer than its request may take', async () => {
  const { url: deepgramUrl, deepgram } = await startSimulatedDeepgram();
  const { store, requests, lives, read } = await presigningStore();
  const { run, published } = await startWorker({ store, deepgramUrl, presigned: true, timeoutMs: 90_000 });
  await run();
  expect(published.map(({ type }) => type).at(-1)).toBe('onrecord.transcript.completed.v1');
  expect(deepgram.requests).toMatchObject([{ sha256: sha256Of(recordingAudio), outcome: 'answered' }]);
  expect(requests.map(({ url }) => url)).toEqual([`/${folder}/media.wav?signature=a-secret`]);
  expect(lives).toEqual([90]);
  const stored = await Promise.all(['provider-request.json', 'transcript.json', 'manifest.json'].map(read));
  expect(`${stored.join('')}${JSON.stringify(published)}`).not.toContain('signature');
});

it('what Deepgram heard at that address is the archived audio, or is not used', async () => {
  const { url: deepgramUrl } = await startSimulatedDeepgram();
  const { store } = await presigningStore(Buffer.from(recordingAudio).fill(7, 44));
  const { run } = await startWorker({ store, deepgramUrl, presigned: true });
  await expect(run()).rejects.toMatchObject({ stage: 'archived-audio', kind: 'permanent' });
  expect(await store.head(`${folder}/provider-response.json`)).toBeUndefined();
});

it('where it cannot be fetched it is tried again, and no error says the address', async () => {
  const { url: deepgramUrl } = await startSimulatedDeepgram();
  const { store, spoil } = await presigningStore();
  spoil();
  // Deepgram repeats what it was told.
  const { url: repeating } = await serve(async (request, response) => {
    const { url } = JSON.parse(String(await request.toArray())) as { url: string };
    const body = { err_code: 'REMOTE_CONTENT_ERROR', err_msg: `cannot fetch ${url}`, request_id: 'r-1' };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  for (const at of [deepgramUrl, repeating, 'http://127.0.0.1:9']) {
    const { run, uncertainSeconds } = await startWorker({ store, deepgramUrl: at, presigned: true });
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: 'transcription-request', kind: 'transient' });
    expect(await logged(error)).not.toContain('another-secret');
    expect(await uncertainSeconds()).toBe(0);
  }
});

it('one whose answer was lost may be charged for, though nothing was sent, and that is told', async () => {
  const { url: deepgramUrl, deepgram } = await startSimulatedDeepgram();
  const { store } = await presigningStore();
  const { url: losing } = await serve(async (request, response) => {
    const headers = { authorization: 'Token key', 'content-type': 'application/json' };
    const body = String(await request.toArray());
    await (await fetch(deepgramUrl + request.url, { method: 'POST', headers, body })).arrayBuffer();
    response.destroy();
  });
  const first = await startWorker({ store, deepgramUrl: losing, presigned: true });
  await expect(first.run()).rejects.toMatchObject({ stage: 'transcription-request', kind: 'transient' });
  const next = await startWorker({ store, deepgramUrl, presigned: true });
  await next.run();
  expect(deepgram.requests).toHaveLength(2);
  expect(await next.uncertainSeconds()).toBe(4);
});

/** Everything that a log line could say of an error. */
async function logged(err: unknown): Promise<string> {
  let line = '';
  const destination = new Writable({
    write: (text, _encoding, done) => {
      line += String(text);
      done();
    },
  });
  pino(destination).error({ err }, 'it failed');
  expect(line).toContain('it failed');
  return line;
}
