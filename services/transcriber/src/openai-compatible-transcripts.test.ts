import type { IncomingMessage } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createOpenAiCompatible } from './adapters/openai-compatible.ts';
import { bodyOf, serve } from './testing/http-server.ts';
import { verboseAnswer } from './testing/openai-answer.ts';
import { cleared, recordingAudio } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';

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
  const { run, json, types, legEnds } = await startPipeline({ provider });
  await run();
  expect(legEnds).toEqual(['answered']);
  const transcript = await json('transcript.json');
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
  await run();
  expect(whisper.requests).toBe(2);
  expect(types().filter((type) => type.includes('transcript'))).toHaveLength(2);
});

it('archives a recording whose transcription asks for what the server cannot do, and names that', async () => {
  const { whisper, provider } = await openWhisper();
  const { run, read } = await startPipeline({ provider });
  await expect(run(cleared({ transcription: { diarize: true } }))).rejects.toMatchObject({
    stage: 'transcription-options',
    message: expect.stringContaining('diarize'),
  });
  expect((await read('media.wav')).equals(recordingAudio)).toBe(true);
  expect(whisper.requests).toBe(0);
});
