import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOpenAiCompatible } from './adapters/openai-compatible.ts';
import { bodyOf, serve } from './testing/http-server.ts';
import { verboseAnswer } from './testing/openai-answer.ts';
import { cleared, folder, openPipeline, openTestStore, startDeepgram, startTwilio } from './testing/pipeline.ts';
import { startTestSimulator } from './testing/simulator.ts';

/** The first provider is the simulated Deepgram, the other one a server that speaks OpenAI's protocol: both over real sockets. */
const transcription = { fallback: { provider: 'openai-compatible', options: { model: 'small' } } };

async function startWhisper(status = 200) {
  const { url, requests } = await serve(async (request, response) => {
    await bodyOf(request);
    response.writeHead(status).end(JSON.stringify(status === 200 ? verboseAnswer('Hello.', 0.2) : { error: 'broken' }));
  });
  const provider = createOpenAiCompatible({
    baseUrl: url,
    apiKey: undefined,
    model: 'tiny',
    timeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    answerBytesMax: 1_000_000,
    now: () => new Date(),
  });
  onTestFinished(() => provider.close());
  return { provider, requests };
}

async function start({ whisperStatus = 200, deepgramUrl = '' } = {}) {
  const simulator = await startTestSimulator();
  const whisper = await startWhisper(whisperStatus);
  const { store, folder: root, read } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const clock = { ms: Date.now() };
  const logger = { info: () => {}, warn: () => {} };
  const pipeline = openPipeline({
    twilioUrl: (await startTwilio()).url,
    deepgramUrl: deepgramUrl || simulator.url,
    store,
    published,
    breaker: { failuresMax: 4, pauseMs: 10_000, pauseMsMax: 600_000, now: () => new Date(clock.ms), logger },
    fallback: { provider: whisper.provider, attempts: 3, waitMsMax: 600_000 },
  });
  const run = (attempt = 1, overrides: Parameters<typeof cleared>[0] = {}) =>
    pipeline.run(cleared({ transcription, ...overrides }), attempt);
  const asked = () => ({ deepgram: simulator.deepgram.requests.length, whisper: whisper.requests.length });
  const json = async (name: string) => JSON.parse((await read(name)).toString());
  const lose = (name: string) => rm(join(root, folder, name));
  return { run, asked, json, lose, published, failNext: simulator.deepgram.failNext, registry: pipeline.registry };
}

/** A request for each of the two channels. */
const BY_WHISPER = 2;

describe('the fallback of a policy', () => {
  it('is asked when the first provider refuses the recording, and the transcript says who and why', async () => {
    const { run, asked, json, published, failNext, registry } = await start();
    failNext({ status: 413, count: 1 });
    await run();
    expect(asked()).toEqual({ deepgram: 1, whisper: BY_WHISPER });
    const { optionsFingerprint, provider } = await json('transcript.json');
    const insteadOf = { provider: 'deepgram', reason: expect.stringContaining('answered 413') };
    expect(provider).toMatchObject({ name: 'openai-compatible', model: 'small', insteadOf });
    expect(published.at(-1)).toMatchObject({
      type: 'onrecord.transcript.completed.v1',
      data: { provider: 'openai-compatible', insteadOf, optionsFingerprint },
    });
    expect(await json('provider-request.json')).toMatchObject({ provider: 'openai-compatible', insteadOf });
    expect(await registry.metrics()).toContain(
      'onrecord_transcriber_fallbacks_total{provider="openai-compatible",instead_of="deepgram"} 1',
    );
  });

  it('is not asked while the first provider may still come back', async () => {
    const { run, asked, failNext } = await start();
    failNext({ status: 503, count: 3 });
    for (const attempt of [1, 2]) await expect(run(attempt)).rejects.toMatchObject({ kind: 'transient' });
    expect(asked()).toEqual({ deepgram: 2, whisper: 0 });
    await run(3);
    expect(asked()).toEqual({ deepgram: 3, whisper: BY_WHISPER });
  });

  it('is asked at once while the first provider is left alone since it is away', async () => {
    const { run, asked, json, failNext } = await start();
    failNext({ status: 503, count: 4 });
    for (let digit = 3; digit < 7; digit += 1) {
      await expect(run(1, { recordingSid: `RE${String(digit).repeat(32)}` })).rejects.toMatchObject({
        trouble: 'away',
      });
    }
    await run();
    expect(asked()).toEqual({ deepgram: 4, whisper: BY_WHISPER });
    expect((await json('transcript.json')).provider.insteadOf.reason).toContain('deepgram is away');
  });

  it('is not asked for a provider that is only busy, unless it asks for a pause that is too long', async () => {
    const { run, asked, failNext } = await start();
    failNext({ status: 429, count: 1, retryAfterSeconds: 60 });
    for (const attempt of [1, 5]) await expect(run(attempt)).rejects.toMatchObject({ kind: 'postponed' });
    expect(asked()).toEqual({ deepgram: 1, whisper: 0 });
    const slow = await start();
    slow.failNext({ status: 429, count: 1, retryAfterSeconds: 3_600 });
    await slow.run();
    expect(slow.asked()).toEqual({ deepgram: 1, whisper: BY_WHISPER });
  });

  it('is not paid again for what it answered, and the first provider not at all, when the transcript was lost', async () => {
    const { run, asked, json, lose, failNext } = await start();
    failNext({ status: 413, count: 1 });
    await run();
    const before = await json('transcript.json');
    await lose('transcript.json');
    await run();
    await run();
    expect(asked()).toEqual({ deepgram: 1, whisper: BY_WHISPER });
    expect((await json('transcript.json')).provider).toEqual(before.provider);
  });

  it('is not asked for what the first provider answered and was paid for, readable or not', async () => {
    const deepgram = await startDeepgram({ status: 200, body: '{"metadata":{}}' });
    const { run, asked } = await start({ deepgramUrl: deepgram.url });
    await expect(run(5)).rejects.toMatchObject({ stage: 'transcription-answer', kind: 'permanent' });
    expect([deepgram.paid.length, asked().whisper]).toEqual([1, 0]);
  });

  it('tells what the first provider may charge for besides, when it had all of the audio and never answered', async () => {
    const silent = await serve(async (request, response) => {
      await bodyOf(request);
      response.destroy();
    });
    const { run, json, lose, registry } = await start({ deepgramUrl: silent.url });
    await run(3);
    const { provider, uncertainSeconds } = await json('transcript.json');
    expect([provider.name, uncertainSeconds]).toEqual(['openai-compatible', expect.closeTo(4, 1)]);
    expect(await registry.metrics()).toMatch(/uncertain_seconds_total\{provider="deepgram",model="nova-3"\} 4/);
    await lose('transcript.json');
    await run(4);
    expect((await json('transcript.json')).uncertainSeconds).toBe(uncertainSeconds);
  });

  // The first provider's transcript once said that nothing else is charged for, whatever the fallback had been sent in vain.
  it('is told of in the first provider’s transcript, when it had all of the audio, never answered, and the first came back', async () => {
    const { run, json, failNext, registry } = await start({ whisperStatus: 504 });
    failNext({ status: 503, count: 1 });
    await expect(run(3)).rejects.toMatchObject({ kind: 'transient' });
    await run(4);
    const { provider, uncertainSeconds } = await json('transcript.json');
    expect([provider.name, uncertainSeconds]).toEqual(['deepgram', expect.closeTo(4, 1)]);
    expect(await registry.metrics()).toMatch(/uncertain_seconds_total\{provider="openai-compatible",model="small"\} 4/);
  });

  it('is not asked where the policy names none, and is missed by name where it is another', async () => {
    const { run, asked, failNext } = await start();
    failNext({ status: 413, count: 2 });
    await expect(run(1, { transcription: {} })).rejects.toMatchObject({ kind: 'permanent' });
    const other = { fallback: { provider: 'simulator', options: {} } };
    await expect(run(1, { transcription: other })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringMatching(
        /413.*the policy's fallback, simulator, is not set up here: set TRANSCRIPTION_FALLBACK/,
      ),
    });
    expect(asked()).toEqual({ deepgram: 2, whisper: 0 });
  });

  it('does not stand in for an option that the first provider cannot do', async () => {
    const { run, asked } = await start();
    await expect(run(5, { transcription: { ...transcription, redact: ['pci'] } })).rejects.toMatchObject({
      stage: 'transcription-options',
      message: expect.stringContaining('deepgram cannot be asked for redact "pci"'),
    });
    expect(asked()).toEqual({ deepgram: 0, whisper: 0 });
  });

  it('is not asked without the redaction that the first provider was asked for', async () => {
    const { run, asked, failNext } = await start();
    failNext({ status: 413, count: 1 });
    const redacting = { ...transcription, language: 'en', redact: ['pci'] };
    await expect(run(5, { transcription: redacting })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringMatching(/413.*openai-compatible, is not asked since it would not redact pci/),
    });
    expect(asked()).toEqual({ deepgram: 1, whisper: 0 });
  });

  it('fails with what both said, and is tried again while one of them may succeed', async () => {
    const { run, failNext } = await start({ whisperStatus: 500 });
    failNext({ status: 413, count: 1 });
    await expect(run()).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/answered 413.*; and the fallback: .*answered 500/),
    });
  });
});
