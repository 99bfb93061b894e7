import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { checkAudio } from '../relay/checked-audio.ts';
import { serve } from '../testing/http-server.ts';
import { accountSid, recordingSid } from '../testing/pipeline.ts';
import { twilioMediaAt } from '../testing/twilio-media.ts';
import { wav } from '../testing/wav.ts';

const audio = wav({ seconds: 2, channels: 2 });
const neverAborted = new AbortController().signal;

/** Opens and reads the recording as the relay does. */
async function download(
  apiUrl: string,
  { channels = 2, ...overrides }: { channels?: number; headersTimeoutMs?: number; bodyTimeoutMs?: number } = {},
) {
  const recording = { accountSid, recordingSid, channels, format: 'wav' } as const;
  const opened = await twilioMediaAt(apiUrl, overrides).open(recording, neverAborted);
  const checked = await checkAudio(opened, 'wav');
  return buffer(Readable.from(checked.body));
}

const failsWith = (status: number, headers: Record<string, string> = {}, body = '') =>
  serve((_request, response) => response.writeHead(status, headers).end(body));

describe('fetching a recording from Twilio', () => {
  it('asks for its channels, with credentials, at the address of its SIDs', async () => {
    const { url, requests } = await serve((_request, response) => response.end(audio));
    expect((await download(url)).equals(audio)).toBe(true);
    expect(requests[0]?.url).toBe(
      `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.wav?RequestedChannels=2`,
    );
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('SKkey:secret').toString('base64')}`);
  });

  it('takes one channel where two cannot be had', async () => {
    const mono = wav({ seconds: 1 });
    const { url, requests } = await serve((request, response) =>
      request.url?.endsWith('RequestedChannels=2') ? response.writeHead(400).end('{"code":16113}') : response.end(mono),
    );
    expect((await download(url)).equals(mono)).toBe(true);
    expect(requests.map((request) => request.url?.slice(-1))).toEqual(['2', '1']);
  });

  it('reads a body without Content-Length, and believes its WAV header', async () => {
    const { url } = await serve((_request, response) => {
      response.write(audio.subarray(0, 1_000));
      response.end(audio.subarray(1_000));
    });
    expect((await download(url)).equals(audio)).toBe(true);
  });

  it('takes a missing recording for one that is not ready', async () => {
    const { url } = await failsWith(404);
    await expect(download(url)).rejects.toMatchObject({ stage: 'media-not-ready', kind: 'transient' });
  });

  it.each([401, 403])('names the settings to check after %d', async (status) => {
    const { url } = await failsWith(status);
    await expect(download(url)).rejects.toMatchObject({
      stage: 'media-fetch',
      kind: 'transient',
      message: expect.stringContaining('TWILIO_API_KEY_SECRET'),
    });
  });

  it('waits as long as Twilio asks', async () => {
    const { url } = await failsWith(429, { 'retry-after': '17' });
    await expect(download(url)).rejects.toMatchObject({ kind: 'postponed', retryAfterMs: 17_000 });
  });

  it.each([500, 503])('tries again after %d', async (status) => {
    const { url } = await failsWith(status);
    await expect(download(url)).rejects.toMatchObject({ stage: 'media-fetch', kind: 'transient' });
  });

  it('gives up when it is refused for another reason', async () => {
    const { url } = await failsWith(410);
    await expect(download(url)).rejects.toMatchObject({ kind: 'permanent', message: expect.stringContaining('410') });
  });

  it('never takes an error page with status 200 for audio', async () => {
    const { url } = await failsWith(200, { 'content-type': 'audio/x-wav' }, '<?xml version="1.0"?><TwilioResponse/>');
    await expect(download(url)).rejects.toMatchObject({ stage: 'media-check', kind: 'transient' });
  });

  it('refuses another format under the name of a WAV, unless Twilio says that it is encrypted', async () => {
    const resource = JSON.stringify({ status: 'completed', encryption_details: null });
    const { url } = await serve((request, response) =>
      response.end(request.url?.includes('.json') ? resource : `ID3${'\u0004'.repeat(100)}`),
    );
    await expect(download(url)).rejects.toMatchObject({ stage: 'media-check', kind: 'permanent' });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['a part of the header', audio.subarray(0, 20), 'within its header'],
    ['a part of the data', audio.subarray(0, 5_000), 'promises'],
  ])('notices that %s was served', async (_what, body, complaint) => {
    const { url } = await serve((_request, response) => response.end(body));
    await expect(download(url)).rejects.toMatchObject({
      stage: 'media-check',
      kind: 'transient',
      message: expect.stringContaining(complaint),
    });
  });

  it('notices a connection that breaks before Content-Length is reached', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': audio.length });
      response.write(audio.subarray(0, 5_000), () => response.destroy());
    });
    await expect(download(url)).rejects.toMatchObject({ stage: 'media-fetch', kind: 'transient' });
  });

  it('notices a length that differs from what was promised, where the header promises nothing', async () => {
    const endless = wav({ seconds: 1, dataSize: 0 });
    const opened = await checkAudio({ body: Readable.from([endless]), contentLength: endless.length + 1 }, 'wav');
    await expect(buffer(Readable.from(opened.body))).rejects.toThrow(/Content-Length promised/);
  });

  it.each([
    ['an answer', {}, (_: IncomingMessage, __: ServerResponse) => {}],
    [
      'the rest of the body',
      {},
      (_: IncomingMessage, response: ServerResponse) => void response.write(audio.subarray(0, 5_000)),
    ],
  ])('does not wait for %s for ever', async (_what, _headers, answer) => {
    const { url } = await serve(answer);
    await expect(download(url, { headersTimeoutMs: 200, bodyTimeoutMs: 200 })).rejects.toMatchObject({
      stage: 'media-fetch',
      kind: 'transient',
    });
  });

  it('stops when it is told to', async () => {
    const { url } = await serve(() => {});
    const recording = { accountSid, recordingSid, channels: 1, format: 'wav' } as const;
    const opening = twilioMediaAt(url).open(recording, AbortSignal.timeout(50));
    await expect(opening).rejects.toMatchObject({ stage: 'media-fetch', kind: 'transient' });
  });
});

describe('a redirect', () => {
  const redirectTo = (location: string) => serve((_request, response) => response.writeHead(307, { location }).end());

  it('on the same host is followed with credentials', async () => {
    const { url, requests } = await serve((request, response) =>
      request.url === '/elsewhere' ? response.end(audio) : response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    expect((await download(url)).equals(audio)).toBe(true);
    expect(requests[1]?.headers.authorization).toBeDefined();
  });

  it('to an address that is not public is refused, and nothing is sent there', async () => {
    const internal = await serve((_request, response) => response.end(audio));
    const { url } = await redirectTo(`${internal.url}/secret`);
    await expect(download(url)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('not a public address'),
    });
    expect(internal.requests).toEqual([]);
  });

  it('to a name that leads to such an address is refused when it connects', async () => {
    const internal = await serve((_request, response) => response.end(audio));
    const { url } = await redirectTo(`http://localhost:${new URL(internal.url).port}/secret`);
    await expect(download(url)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('not a public address'),
    });
    expect(internal.requests).toEqual([]);
  });

  it('to another protocol is refused', async () => {
    const { url } = await redirectTo('ftp://example.com/recording.wav');
    await expect(download(url)).rejects.toMatchObject({ kind: 'permanent' });
  });

  it('in a circle ends', async () => {
    const { url, requests } = await redirectTo('/2010-04-01/again');
    await expect(download(url)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('redirects'),
    });
    expect(requests.length).toBe(4);
  });

  it('to nowhere is an error', async () => {
    const { url } = await failsWith(302);
    await expect(download(url)).rejects.toMatchObject({ kind: 'transient' });
  });
});
