import type { IncomingMessage } from 'node:http';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { expect, it, onTestFinished } from 'vitest';
import { createOpenAiCompatible } from './adapters/openai-compatible.ts';
import { bodyOf, serve } from './testing/http-server.ts';
import { verboseAnswer } from './testing/openai-answer.ts';
import { cleared, openPipeline, openTestStore, recordingAudio, startTwilio } from './testing/pipeline.ts';

/** The first sample of channel 0, which tells the two channels' requests apart. */
const firstSample = recordingAudio.subarray(44, 46);

async function isOfFirstChannel(request: IncomingMessage): Promise<boolean> {
  const body = await bodyOf(request);
  const data = body.indexOf('data', body.indexOf('WAVEfmt ')) + 8;
  return body.subarray(data, data + 2).equals(firstSample);
}

async function openWhisper() {
  const whisper = { requests: 0 };
  const { url } = await serve(async (request, response) => {
    const isFirst = await isOfFirstChannel(request);
    whisper.requests += 1;
    response
      .writeHead(200)
      .end(JSON.stringify(isFirst ? verboseAnswer('Hi.', 1.1) : verboseAnswer('Hello there.', 0.2)));
  });
  const provider = createOpenAiCompatible({
    baseUrl: url,
    apiKey: undefined,
    model: 'tiny.en',
    timeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    answerBytesMax: 1_000_000,
    now: () => new Date(),
  });
  onTestFinished(() => provider.close());
  return { whisper, provider };
}

it('puts what each channel said in the order of time, under who speaks there, and asks once', async () => {
  const { whisper, provider } = await openWhisper();
  const { url: twilioUrl } = await startTwilio();
  const { store, read } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const pipeline = openPipeline({ twilioUrl, deepgramUrl: 'http://127.0.0.1:9', provider, store, published });
  await pipeline.run();
  expect(pipeline.legEnds).toEqual(['answered']);
  const transcript = JSON.parse((await read('transcript.json')).toString());
  expect(transcript).toMatchObject({
    simulated: false,
    provider: { name: 'openai-compatible', model: 'tiny.en' },
    language: 'en',
    billedSeconds: 4,
  });
  const turns = transcript.turns as { speaker: string; channel: number; text: string }[];
  expect(turns.map(({ speaker, channel, text }) => [speaker, channel, text])).toEqual([
    ['agent', 1, 'Hello there.'],
    ['caller', 0, 'Hi.'],
  ]);
  await pipeline.run();
  expect(whisper.requests).toBe(2);
  expect(published.map(({ type }) => type).filter((type) => type.includes('transcript'))).toHaveLength(2);
});

it('archives a recording whose transcription asks for what the server cannot do, and names that', async () => {
  const { whisper, provider } = await openWhisper();
  const { url: twilioUrl } = await startTwilio();
  const { store, read } = await openTestStore();
  const { run } = openPipeline({ twilioUrl, deepgramUrl: 'http://127.0.0.1:9', provider, store, published: [] });
  await expect(run(cleared({ transcription: { diarize: true } }))).rejects.toMatchObject({
    stage: 'transcription-options',
    message: expect.stringContaining('diarize'),
  });
  expect((await read('media.wav')).equals(recordingAudio)).toBe(true);
  expect(whisper.requests).toBe(0);
});
