import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { bodyOf, serve } from './http-server.ts';

interface Sending {
  stream?: Readable;
  signal?: AbortSignal;
  timeoutMs?: number;
  answerBytesMax?: number;
}

export interface Transport {
  /** Sends audio to a provider at this address. */
  send(baseUrl: string, sending?: Sending): Promise<unknown>;
  /** What the provider answers when all goes well. */
  answer: string;
  audio: Buffer;
  /** How many requests the provider has for this audio. */
  requests: number;
}

/** What each adapter makes of a connection that goes wrong. */
export function transportSuite({ send, answer, audio, requests }: Transport): void {
  it.each([
    ['before it answers', () => {}],
    ['in the middle of its answer', (response: ServerResponse) => void response.write('{"text":')],
  ])('does not wait for a server that hangs %s', async (_when, hang) => {
    const { url } = await serve((_request, response) => hang(response));
    await expect(send(url, { timeoutMs: 300 })).rejects.toMatchObject({ kind: 'transient' });
  });

  it('notices an answer that breaks off', async () => {
    const { url } = await serve(async (request, response) => {
      await bodyOf(request);
      response.writeHead(200, { 'content-length': answer.length });
      response.write(answer.slice(0, 50), () => response.destroy());
    });
    await expect(send(url)).rejects.toMatchObject({ stage: 'transcription-request', kind: 'transient' });
  });

  it('refuses an answer beyond its bound', async () => {
    const { url } = await serve(async (request, response) => {
      await bodyOf(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
    await expect(send(url, { answerBytesMax: 100 })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('longer than 100 bytes'),
    });
  });

  it('fails when its audio breaks off, and the server never sees an end', async () => {
    const ends: boolean[] = [];
    const begun = Promise.withResolvers<void>();
    const server = await serve((request) => {
      request.on('error', () => {});
      request.on('close', () => ends.push(request.complete));
      request.resume();
      if (server.requests.length === requests) begun.resolve();
    });
    const broken = async function* () {
      yield audio.subarray(0, 1_000);
      await begun.promise;
      throw new Error('the store broke');
    };
    await expect(send(server.url, { stream: Readable.from(broken()) })).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('the store broke'),
    });
    await expect.poll(() => ends).toEqual(Array(requests).fill(false));
  });

  it('stops when it is told to', async () => {
    const { url } = await serve(() => {});
    const stop = new AbortController();
    const sending = send(url, { signal: stop.signal });
    stop.abort(new Error('shut down'));
    await expect(sending).rejects.toMatchObject({ kind: 'transient' });
  });

  it('tells that a server is not there', async () => {
    await expect(send('http://127.0.0.1:9')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('127.0.0.1:9'),
    });
  });
}
