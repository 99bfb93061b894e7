import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { optionsFingerprint } from '../domain/options-fingerprint.ts';
import { twoChannelAnswer } from '../testing/deepgram-answer.ts';
import { bodyOf, serve } from '../testing/http-server.ts';
import { transportSuite } from '../testing/transport-suite.ts';
import { wav } from '../testing/wav.ts';
import { createDeepgram } from './deepgram.ts';

const audio = wav({ seconds: 2, channels: 2 });
const raw = JSON.stringify(twoChannelAnswer, null, 1);

function deepgramAt(baseUrl: string, { timeoutMs = 5_000, answerBytesMax = 1_000_000 } = {}) {
  const provider = createDeepgram({
    name: 'deepgram',
    baseUrl,
    apiKey: 'key',
    timeoutMs,
    connectTimeoutMs: 5_000,
    answerBytesMax,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  onTestFinished(() => provider.close());
  return provider;
}

interface Sending {
  wanted?: Record<string, unknown>;
  stream?: Readable;
  isLengthKnown?: boolean;
  signal?: AbortSignal;
  timeoutMs?: number;
  answerBytesMax?: number;
}

function send(
  baseUrl: string,
  { stream = Readable.from([audio]), isLengthKnown = true, signal, wanted = {}, ...limits }: Sending = {},
) {
  const provider = deepgramAt(baseUrl, limits);
  return provider.send({
    audio: stream,
    bytes: isLengthKnown ? audio.length : undefined,
    options: provider.optionsFor(wanted, 2),
    signal: signal ?? new AbortController().signal,
  });
}

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  serve(async (request, response) => {
    await bodyOf(request);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });

describe('sending audio to Deepgram', () => {
  it('streams it with its options and gives the answer back untouched', async () => {
    const bodies: Buffer[] = [];
    const { url, requests } = await serve(async (request, response) => {
      bodies.push(await bodyOf(request));
      response.writeHead(200, { 'content-type': 'application/json', 'dg-request-id': 'r-1' }).end(raw);
    });
    const answer = await send(url);
    expect(Buffer.from(answer.body).toString()).toBe(raw);
    expect(answer.requestId).toBe('r-1');
    expect(bodies[0]?.equals(audio)).toBe(true);
    const { headers, url: path = '' } = requests[0] as IncomingMessage;
    expect(headers).toMatchObject({
      authorization: 'Token key',
      'content-type': 'audio/wav',
      'content-length': String(audio.length),
    });
    expect(Object.fromEntries(new URL(path, url).searchParams)).toEqual({
      model: 'nova-3',
      detect_language: 'true',
      multichannel: 'true',
      punctuate: 'true',
      smart_format: 'true',
      utterances: 'true',
    });
  });

  it('asks for everything that a policy names, each term for itself', async () => {
    const { url, requests } = await answering(200, raw);
    const wanted = {
      model: 'nova-3',
      language: 'en',
      redact: ['pci', 'ssn'],
      keyterms: ['Onrecord', 'legal hold'],
      smartFormat: false,
      mipOptOut: true,
    };
    await send(url, { wanted });
    const asked = new URL(requests[0]?.url ?? '', url).searchParams;
    expect(asked.getAll('redact')).toEqual(['pci', 'ssn']);
    expect(asked.getAll('keyterm')).toEqual(['Onrecord', 'legal hold']);
    expect(Object.fromEntries(asked)).toMatchObject({ language: 'en', smart_format: 'false', mip_opt_out: 'true' });
    expect(asked.has('detect_language')).toBe(false);
  });

  it('streams audio of unknown length in chunks', async () => {
    const { url, requests } = await answering(200, raw);
    await send(url, { isLengthKnown: false });
    expect(requests[0]?.headers['transfer-encoding']).toBe('chunked');
  });

  it.each([
    [429, { 'retry-after': '20' }, { kind: 'postponed', retryAfterMs: 20_000 }],
    [500, {}, { kind: 'transient' }],
    [503, {}, { kind: 'transient' }],
    [400, {}, { kind: 'permanent', message: expect.stringContaining('Bad Request: corrupt') }],
    [413, {}, { kind: 'permanent' }],
    [401, {}, { kind: 'transient', message: expect.stringContaining('check DEEPGRAM_API_KEY') }],
    [402, {}, { kind: 'transient', message: expect.stringContaining('no credit') }],
  ])('judges status %d', async (status, headers: Record<string, string>, expected) => {
    const { url, requests } = await answering(status, '{"err_code":"Bad Request","err_msg":"corrupt"}', headers);
    await expect(send(url)).rejects.toMatchObject({ stage: 'transcription-request', ...expected });
    expect(requests).toHaveLength(1);
  });

  it('tries again after a slow upload', async () => {
    const { url } = await answering(408, '{"err_code":"SLOW_UPLOAD","err_msg":"slow"}');
    await expect(send(url)).rejects.toMatchObject({ kind: 'transient' });
  });

  it('takes an answer that comes before the upload is done and breaks the connection for transient', async () => {
    const { url } = await serve((request, response) => {
      request.once('data', () => {
        response.writeHead(400).end('{}');
        request.socket.destroySoon();
      });
    });
    const endless = Readable.from(
      (async function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    await expect(send(url, { stream: endless, isLengthKnown: false })).rejects.toMatchObject({
      stage: 'transcription-request',
    });
  });

  transportSuite({ send, answer: raw, audio, requests: 1 });
});

describe('the options of a transcription', () => {
  const provider = deepgramOptions();

  it('separate channels, or voices where there is one channel', () => {
    expect(provider({}, 2)).toMatchObject({ multichannel: true });
    expect(provider({}, 2)).not.toHaveProperty('diarize_model');
    expect(provider({}, 1)).toMatchObject({ diarize_model: 'latest' });
    expect(provider({ diarize: false }, 1)).not.toHaveProperty('diarize_model');
    expect(provider({ diarize: true }, 2)).toMatchObject({ multichannel: true, diarize_model: 'latest' });
  });

  it('take model and language from the policy', () => {
    expect(provider({ model: 'nova-2', language: 'de' }, 1)).toMatchObject({ model: 'nova-2', language: 'de' });
    expect(provider({ language: 'de' }, 1)).not.toHaveProperty('detect_language');
  });

  it('are refused when they are not known, and never dropped in silence', () => {
    expect(() => provider({ redact: ['pci'] }, 1)).toThrow(
      expect.objectContaining({
        stage: 'transcription-options',
        kind: 'permanent',
        message: expect.stringContaining('redact'),
      }),
    );
  });

  it('have a fingerprint of their own for each way of asking', () => {
    const fingerprints = [provider({}, 1), provider({}, 2), provider({ model: 'nova-2' }, 1)].map((parameters) =>
      optionsFingerprint({ provider: 'deepgram', parameters }),
    );
    expect(new Set(fingerprints).size).toBe(3);
  });
});

function deepgramOptions() {
  return (wanted: Record<string, unknown>, channels: number) => {
    const provider = createDeepgram({
      name: 'deepgram',
      baseUrl: 'http://127.0.0.1:9',
      apiKey: 'key',
      timeoutMs: 1_000,
      connectTimeoutMs: 1_000,
      answerBytesMax: 1_000,
      now: () => new Date(0),
    });
    return provider.optionsFor(wanted, channels).parameters;
  };
}
