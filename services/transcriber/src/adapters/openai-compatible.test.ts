import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { optionsFingerprint } from '../domain/options-fingerprint.ts';
import { bodyOf, serve } from '../testing/http-server.ts';
import { verboseAnswer } from '../testing/openai-answer.ts';
import { transportSuite } from '../testing/transport-suite.ts';
import { chunk, wav } from '../testing/wav.ts';
import { createOpenAiCompatible, type OpenAiCompatibleOptions } from './openai-compatible.ts';

const stereo = wav({ seconds: 2, channels: 2, after: [chunk('LIST', Buffer.from('INFOabc'))] });
const mono = wav({ seconds: 2, channels: 1 });
const answer = JSON.stringify(verboseAnswer('Hello there.', 0.2), null, 1);

function providerAt(baseUrl: string, options: Partial<OpenAiCompatibleOptions> = {}) {
  const provider = createOpenAiCompatible({
    baseUrl,
    apiKey: undefined,
    model: 'tiny.en',
    timeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    answerBytesMax: 1_000_000,
    now: () => new Date('2026-11-21T12:00:00Z'),
    ...options,
  });
  onTestFinished(() => provider.close());
  return provider;
}

interface Sending extends Partial<OpenAiCompatibleOptions> {
  audio?: Buffer;
  stream?: Readable;
  isLengthKnown?: boolean;
  signal?: AbortSignal;
}

function send(baseUrl: string, { audio = stereo, stream, isLengthKnown = true, signal, ...options }: Sending = {}) {
  const provider = providerAt(baseUrl, options);
  return provider.send({
    audio: stream ?? Readable.from(pieces(audio)),
    bytes: isLengthKnown ? audio.length : undefined,
    options: provider.optionsFor({}, 2),
    signal: signal ?? new AbortController().signal,
  });
}

/** As a network cuts it: never where a sample ends. */
function* pieces(audio: Buffer) {
  for (let from = 0; from < audio.length; from += 1_021) yield audio.subarray(from, from + 1_021);
}

interface Form {
  fields: [string, string][];
  file: Buffer;
}

/** Reads a form with the platform's own parser. */
async function formOf(request: IncomingMessage): Promise<Form> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(await bodyOf(request)), { headers }).formData();
  const file = form.get('file') as File;
  const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { fields, file: Buffer.from(await file.arrayBuffer()) };
}

/** A server that gives every request the same answer, and keeps what it was sent. */
async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const forms: Form[] = [];
  const server = await serve(async (request, response) => {
    forms.push(await formOf(request));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return { ...server, forms };
}

const samplesOf = (audio: Buffer, channel: number, channels: number) =>
  Buffer.concat(
    Array.from({ length: 2 * 8_000 }, (_, frame) => {
      const at = 44 + (frame * channels + channel) * 2;
      return audio.subarray(at, at + 2);
    }),
  );

describe('sending audio to an OpenAI-compatible server', () => {
  it('sends one channel as it is and gives the answer back untouched', async () => {
    const { url, forms, requests } = await answering(200, answer, { 'x-request-id': 'r-1' });
    const { body, requestId } = await send(url, { audio: mono, apiKey: 'key' });
    expect(Buffer.from(body).toString()).toBe(answer);
    expect(requestId).toBe('r-1');
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/v1/audio/transcriptions' });
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer key' });
    expect(requests[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(forms[0]?.file.equals(mono)).toBe(true);
    expect(forms[0]?.fields).toEqual([
      ['model', 'tiny.en'],
      ['response_format', 'verbose_json'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
    ]);
  });

  it.each([
    ['of known length', true],
    ['of unknown length', false],
  ])('sends each channel of audio %s as a recording of its own', async (_what, isLengthKnown) => {
    const { url, forms, requests } = await answering(200, answer);
    const { body } = await send(`${url}/v1`, { isLengthKnown });
    expect(forms.map(({ file }) => [file.length, file.readUInt16LE(22), file.readUInt32LE(40)])).toEqual([
      [44 + 32_000, 1, 32_000],
      [44 + 32_000, 1, 32_000],
    ]);
    const sent = forms.map(({ file }) => file.subarray(44).toString('hex')).sort();
    expect(sent).toEqual([0, 1].map((channel) => samplesOf(stereo, channel, 2).toString('hex')).sort());
    expect(requests.map(({ url: path }) => path)).toEqual(Array(2).fill('/v1/audio/transcriptions'));
    expect(JSON.parse(Buffer.from(body).toString()).channels).toEqual([JSON.parse(answer), JSON.parse(answer)]);
    expect(Buffer.from(body).toString().split(answer)).toHaveLength(3);
  });

  it('answers in the order of the channels, whichever is answered first', async () => {
    const first = samplesOf(stereo, 0, 2);
    const { url } = await serve(async (request, response) => {
      const { file } = await formOf(request);
      const isFirst = file.subarray(44).equals(first);
      if (isFirst) await new Promise((resolve) => setTimeout(resolve, 50));
      response.writeHead(200).end(JSON.stringify(verboseAnswer(isFirst ? 'zero' : 'one', 0)));
    });
    const { body } = await send(url);
    const { utterances } = providerAt(url).read(body, 2);
    expect(utterances.map(({ channel, text }) => [channel, text])).toEqual([
      [0, 'zero'],
      [1, 'one'],
    ]);
  });

  it('reads no faster than the slower channel is taken', async () => {
    const { url, requests } = await serve((request) => void request.pause());
    let taken = 0;
    const endless = async function* () {
      yield wav({ seconds: 1, channels: 2, dataSize: 0xff_ff_ff_ff });
      for (;;) {
        taken += 1;
        yield Buffer.alloc(64 * 1024);
      }
    };
    const stop = new AbortController();
    const sending = send(url, {
      stream: Readable.from(endless()),
      isLengthKnown: false,
      signal: stop.signal,
      timeoutMs: 30_000,
    });
    sending.catch(() => {});
    await expect.poll(() => requests.length).toBe(2);
    for (let before = -1; taken !== before; await sleep(100)) before = taken;
    stop.abort(new Error('shut down'));
    await expect(sending).rejects.toMatchObject({ kind: 'transient' });
    // Sockets of this host hold some megabytes each.
    expect(taken * 64).toBeLessThan(64 * 1024);
  });

  it.each([
    [429, { 'retry-after': '20' }, '{"error":{"message":"slow down"}}', 'postponed', /429 \(slow down\)/, 20_000],
    [500, {}, '{"error":"boom"}', 'transient', /500 \(boom\)/, undefined],
    [503, { 'retry-after': '1' }, 'busy', 'transient', /503 \(busy\)/, 1_000],
    [502, {}, '<html>Bad gateway</html>', 'transient', /502$/, undefined],
    [400, {}, '{"error":{"message":"no audio","code":"bad"}}', 'permanent', /400 \(no audio\)/, undefined],
    [422, {}, '{"detail":[{"msg":"field"}]}', 'permanent', /422 \(.*field.*\)/, undefined],
    [413, {}, '', 'permanent', /413$/, undefined],
    [401, {}, '{}', 'transient', /check TRANSCRIPTION_API_KEY/, undefined],
    [404, {}, '{"error":{"message":"no such model"}}', 'transient', /no such model.*TRANSCRIPTION_MODEL/, undefined],
    [307, { location: 'http://127.0.0.1:9/' }, '', 'transient', /307/, undefined],
  ])('judges status %d', async (status, headers, body, kind, message, retryAfterMs) => {
    const { url } = await answering(status, body, headers as Record<string, string>);
    await expect(send(url)).rejects.toMatchObject({
      stage: 'transcription-request',
      kind,
      message: expect.stringMatching(message),
      retryAfterMs,
    });
  });

  it('ends the other channel when one fails', async () => {
    let asked = 0;
    const closed: boolean[] = [];
    const { url } = await serve((request, response) => {
      asked += 1;
      request.resume();
      if (asked === 1) request.on('end', () => response.writeHead(400).end('{"error":"bad audio"}'));
      else response.on('close', () => closed.push(response.writableFinished));
    });
    await expect(send(url)).rejects.toMatchObject({ kind: 'permanent', message: expect.stringContaining('bad audio') });
    await expect.poll(() => closed).toEqual([false]);
  });

  it('hears a refusal that comes before the upload is done', async () => {
    const { url } = await serve((request, response) => {
      request.once('data', () => response.writeHead(413, { connection: 'close' }).end('{"error":"too long"}'));
    });
    const endless = async function* () {
      yield wav({ seconds: 1, channels: 2, dataSize: 0xff_ff_ff_ff });
      for (;;) yield Buffer.alloc(64 * 1024);
    };
    const sending = send(url, { stream: Readable.from(endless()), isLengthKnown: false });
    await expect(sending).rejects.toMatchObject({ stage: 'transcription-request' });
  });

  it('does not take an answer to a part of the audio', async () => {
    const { url } = await serve((request, response) => {
      request.once('data', () => response.writeHead(200, { connection: 'close' }).end(answer));
    });
    const slow = async function* () {
      yield stereo.subarray(0, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
      yield stereo.subarray(10_000);
    };
    await expect(send(url, { stream: Readable.from(slow()) })).rejects.toMatchObject({ kind: 'transient' });
  });

  describe.each([
    ['one channel', mono, 1],
    ['two channels', stereo, 2],
  ])('with audio of %s', (_what, audio, requests) => {
    transportSuite({ send: (url, sending) => send(url, { audio, ...sending }), answer, audio, requests });
  });

  it('says that a server did not answer in time', async () => {
    const { url } = await serve(() => {});
    await expect(send(url, { timeoutMs: 300 })).rejects.toMatchObject({ message: expect.stringContaining('in time') });
  });

  it('refuses audio whose channels it cannot tell apart', async () => {
    const extensible = Buffer.from(stereo);
    extensible.writeUInt16LE(0xff_fe, 20);
    await expect(send('http://127.0.0.1:9', { audio: extensible })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('WAV format 65534'),
    });
  });
});

describe('the options of a transcription', () => {
  const parametersFor = (wanted: Record<string, unknown>) =>
    providerAt('http://127.0.0.1:9').optionsFor(wanted, 2).parameters;

  it('take model and language from the policy', () => {
    expect(parametersFor({ model: 'large-v3', language: 'de-CH', diarize: false })).toMatchObject({
      model: 'large-v3',
      language: 'de',
    });
    expect(parametersFor({})).not.toHaveProperty('language');
  });

  it.each([
    ['redact', ['pci']],
    ['keyterms', ['Onrecord']],
    ['mipOptOut', true],
    ['diarize', true],
  ])('refuse %s by name, and never drop it', (option, value) => {
    expect(() => parametersFor({ [option]: value })).toThrow(
      expect.objectContaining({
        stage: 'transcription-options',
        kind: 'permanent',
        message: expect.stringContaining(option),
      }),
    );
  });

  it('have a fingerprint of their own for each way of asking, and other than Deepgram’s', () => {
    const parameters = parametersFor({});
    const fingerprints = [
      { provider: 'openai-compatible', parameters },
      { provider: 'openai-compatible', parameters: parametersFor({ model: 'large-v3' }) },
      { provider: 'deepgram', parameters },
    ].map(optionsFingerprint);
    expect(new Set(fingerprints).size).toBe(3);
  });
});
