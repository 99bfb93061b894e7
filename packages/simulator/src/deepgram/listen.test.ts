import { connect } from 'node:net';
import { DeepgramError } from '@deepgram/sdk';
import { expect, test, vi } from 'vitest';
import { writeWav } from '../speech/wav.ts';
import { deepgram, wavOf } from '../testing/deepgram.ts';
import { createFaults } from './faults.ts';

const dual = wavOf(2);
const mono = wavOf(1);

const asked = { model: 'nova-3', utterances: true, punctuate: true, smart_format: true } as const;
type Heard = { results: { utterances?: { transcript?: string; channel?: number; speaker?: number }[] } };
const heard = (answer: unknown) => (answer as Heard).results.utterances ?? [];

test('Deepgram’s SDK gets what each channel said, with words and utterances', async () => {
  const { media, log } = await deepgram();
  const { data, rawResponse } = await media
    .transcribeFile({ data: dual, contentType: 'audio/wav' }, { ...asked, multichannel: true })
    .withRawResponse();
  const answer = data as Exclude<typeof data, { request_id: string }>;
  expect(answer.metadata).toMatchObject({
    request_id: rawResponse.headers.get('dg-request-id'),
    channels: 2,
    duration: 3.05,
    sha256: log.requests[0]?.sha256,
  });
  expect(Object.values(answer.metadata.model_info)).toEqual([
    { name: 'simulated-nova-3', version: 'simulated', arch: 'nova-3' },
  ]);
  expect(answer.results.channels.map(({ alternatives }) => alternatives?.[0]?.transcript)).toEqual([
    'My order came without hinges.',
    'Harbor Hardware, how can I help?',
  ]);
  expect(answer.results.channels[1]?.alternatives?.[0]?.words?.[1]).toMatchObject({
    word: 'hardware',
    punctuated_word: 'Hardware,',
    start: expect.any(Number),
    confidence: expect.any(Number),
  });
  expect(heard(answer).map(({ channel, transcript }) => [channel, transcript])).toEqual([
    [1, 'Harbor Hardware, how can I help?'],
    [0, 'My order came without hinges.'],
  ]);
  expect(log.requests).toMatchObject([{ bytes: dual.length, outcome: 'answered', recordingSid: 'RE1' }]);
});

test('on one channel diarisation tells the speakers apart', async () => {
  const { media } = await deepgram();
  const answer = await media.transcribeFile(mono, { ...asked, diarize_model: 'latest' } as never);
  expect(heard(answer).map(({ channel, speaker }) => [channel, speaker])).toEqual([
    [0, 0],
    [0, 1],
  ]);
});

test('two channels without multichannel are heard as one, and without punctuation as bare words', async () => {
  const { media } = await deepgram();
  const answer = (await media.transcribeFile(dual, { detect_language: true })) as never as {
    metadata: { channels: number };
    results: { channels: object[]; utterances?: unknown };
  };
  expect(answer.metadata.channels).toBe(1);
  expect(answer.results.utterances).toBeUndefined();
  expect(answer.results.channels).toMatchObject([
    {
      detected_language: 'en',
      alternatives: [{ transcript: 'harbor hardware how can i help my order came without hinges' }],
    },
  ]);
});

test('audio without a script gets a sentence that says so', async () => {
  const { media } = await deepgram();
  const silence = writeWav({ channels: 1, samples: new Int16Array(16_000) });
  expect(heard(await media.transcribeFile(silence, asked))).toMatchObject([
    { transcript: '[simulated transcript: 2 s of audio]', start: 0, end: 2 },
  ]);
});

test.each([
  ['what is no audio', Buffer.from('hello'), {}, 400],
  ['nothing', Buffer.alloc(0), {}, 400],
  ['a callback that is no address', dual, { callback: 'nowhere' }, 400],
])('%s is refused as Deepgram does', async (_, data, options, statusCode) => {
  const { media, log } = await deepgram();
  const error = await media.transcribeFile(data, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeepgramError);
  expect(error).toMatchObject({
    statusCode,
    body: { err_code: 'Bad Request', err_msg: expect.any(String), request_id: log.requests[0]?.requestId },
  });
  expect(log.requests).toMatchObject([{ bytes: data.length, outcome: 'refused-400' }]);
});

test.each(['', 'Bearer a-key', 'Token ', 'Token another-key'])('"%s" is let in nowhere', async (authorization) => {
  const { baseUrl, log } = await deepgram({ apiKey: 'a-key' });
  const headers = authorization === '' ? {} : { authorization };
  const answer = await fetch(`${baseUrl}/v1/listen`, { method: 'POST', body: new Uint8Array(dual), headers });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ err_code: 'INVALID_AUTH' });
  expect(log.requests).toMatchObject([{ outcome: 'refused-401' }]);
});

test('an order that names both a status and an answer, or neither, changes nothing', () => {
  const faults = createFaults();
  expect(() => faults.failNext({ status: 429, answer: 'hang' })).toThrow(/give one of status and answer/);
  expect(() => faults.failNext({})).toThrow(/give one of status and answer/);
  expect(() => faults.failNext({ answer: 'hang', retryAfterSeconds: 1 })).toThrow(/goes with a status/);
  expect(faults.active()).toEqual([]);
});

test('answers are spoilt as ordered, and then all is well', async () => {
  const { baseUrl, faults } = await deepgram();
  const listen = () =>
    fetch(`${baseUrl}/v1/listen?utterances=true&multichannel=true`, {
      method: 'POST',
      body: new Uint8Array(dual),
      headers: { authorization: 'Token a-key' },
    });
  for (const answer of ['early-refusal', 'error', 'other-channels', 'no-channels', 'truncated-json'] as const) {
    faults.failNext({ answer });
  }
  const channelsHeard = async () =>
    ((await (await listen()).json()) as { results: { channels: unknown[] } }).results.channels.length;
  expect((await listen()).status).toBe(400);
  expect(await (await listen()).json()).toMatchObject({ err_code: 'INTERNAL_SERVER_ERROR' });
  expect([await channelsHeard(), await channelsHeard()]).toEqual([1, 0]);
  await expect((await listen()).json()).rejects.toThrow(SyntaxError);
  expect(await channelsHeard()).toBe(2);
});

test('failures come as ordered, and then all is well', async () => {
  const { media, faults, log } = await deepgram();
  faults.failNext({ status: 429, count: 1, retryAfterSeconds: 7 });
  faults.failNext({ status: 503, count: 1 });
  const limited = await media.transcribeFile(dual, asked).catch((error: unknown) => error);
  expect(limited).toMatchObject({ statusCode: 429, body: { err_code: 'TOO_MANY_REQUESTS' } });
  expect((limited as DeepgramError).rawResponse?.headers.get('retry-after')).toBe('7');
  await expect(media.transcribeFile(dual, asked)).rejects.toMatchObject({ statusCode: 503 });
  await media.transcribeFile(dual, asked);
  expect(log.requests.map(({ outcome }) => outcome)).toEqual(['refused-429', 'refused-503', 'answered']);
});

test.each([true, false])('more than the limit is refused (length known: %s)', async (isLengthKnown) => {
  const { baseUrl, log } = await deepgram({ audioBytesMax: dual.length - 1 });
  const bytes = new Uint8Array(dual);
  const body = isLengthKnown ? bytes : new Blob([bytes]).stream();
  const init = { method: 'POST', body, duplex: 'half', headers: { authorization: 'Token a-key' } } as RequestInit;
  const answer = await fetch(`${baseUrl}/v1/listen`, init);
  expect(answer.status).toBe(413);
  expect(log.requests).toMatchObject([{ outcome: 'refused-413' }]);
});

test('bytes of an upload that broke off are counted, and whose they were is known', async () => {
  const { port, log } = await deepgram();
  const socket = connect(port, '127.0.0.1');
  const head = `POST /v1/listen HTTP/1.1\r\nhost: a\r\nauthorization: Token k\r\ncontent-length: ${dual.length}\r\n\r\n`;
  socket.write(head);
  socket.write(dual.subarray(0, 20_000));
  await vi.waitFor(() => expect(log.requests).toMatchObject([{ bytes: 20_000, outcome: 'receiving' }]));
  socket.destroy();
  await vi.waitFor(() =>
    expect(log.requests).toMatchObject([{ bytes: 20_000, outcome: 'aborted', recordingSid: 'RE1' }]),
  );
});
