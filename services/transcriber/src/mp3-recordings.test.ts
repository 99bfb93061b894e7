import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOpenAiCompatible } from './adapters/openai-compatible.ts';
import { monoAnswer, twoChannelAnswer } from './testing/deepgram-answer.ts';
import { bodyOf, serve } from './testing/http-server.ts';
import { FRAME_BYTES, mp3 } from './testing/mp3.ts';
import { verboseAnswer } from './testing/openai-answer.ts';
import { cleared, folder, openPipeline, openTestStore, recordingAudio, sha256Of } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';

const stereo = await mp3({ seconds: 2, channels: 2 });
const mono = await mp3({ seconds: 2 });
const monoCleared = cleared({ recording: { channels: 1, durationSeconds: 2, startedAt: '2026-11-21T11:00:00Z' } });
const answerOf = (answer: object) => ({ status: 200, body: JSON.stringify(answer) });
const start = (audio: Buffer, mediaFormat: 'wav' | 'mp3' = 'mp3') => startPipeline({ audio, mediaFormat });

/** Whatever its media are, their resource says that they are complete. */
async function twilioWith(audio: Buffer): Promise<string> {
  const { url } = await serve((request, response) =>
    response.end(request.url?.includes('.json') ? JSON.stringify({ status: 'completed' }) : audio),
  );
  return url;
}

async function expectNothingStored({ deepgram, store }: Awaited<ReturnType<typeof start>>) {
  for (const name of ['media.mp3', 'media.wav', 'manifest.json']) {
    expect(await store.head(`${folder}/${name}`)).toBeUndefined();
  }
  expect(deepgram.paid).toEqual([]);
}

describe('a recording that is archived as MP3', () => {
  it('is asked for as MP3, and is in the archive bit for bit, with what can be said of it', async () => {
    const { run, twilio, deepgram, read, json, published, legEnds, store } = await start(stereo);
    await run();
    expect(twilio.requests.map(({ url }) => url)).toEqual([expect.stringMatching(/\.mp3\?RequestedChannels=2$/)]);
    expect((await read('media.mp3')).equals(stereo)).toBe(true);
    const media = { key: `${folder}/media.mp3`, sha256: sha256Of(stereo), contentType: 'audio/mpeg' };
    const manifest = await json('manifest.json');
    expect(manifest).toMatchObject({
      media,
      source: { url: expect.stringMatching(/\.mp3$/) },
      audio: { container: 'mp3', formatTag: 85, channels: 2, sampleRateHz: 8_000, bitsPerSample: 0 },
      notMeasured: expect.stringContaining('MP3'),
      warnings: [],
    });
    expect(manifest.audio.durationSeconds).toBeCloseTo(2, 0);
    expect(manifest).not.toHaveProperty('levels');
    expect(await store.head(`${folder}/waveform.json`)).toBeUndefined();
    expect(published[0]?.data).toMatchObject({ media });
    expect(legEnds).toEqual(['answered']);
    expect(deepgram.paid).toEqual([sha256Of(stereo)]);
    const { turns, ...transcript } = await json('transcript.json');
    expect(turns.map(({ speaker }: { speaker: string }) => speaker)).toEqual(['caller', 'agent']);
    expect(transcript).not.toHaveProperty('warnings');
  });

  it('goes to Deepgram as what it is', async () => {
    const { url, requests } = await serve(async (request, response) => {
      await bodyOf(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(twoChannelAnswer));
    });
    const { run } = await startPipeline({ audio: stereo, mediaFormat: 'mp3', deepgramUrl: url });
    await run();
    expect(requests.map(({ headers }) => headers['content-type'])).toEqual(['audio/mpeg']);
  });

  it('is what a policy says, whatever the setting is', async () => {
    const { run, json } = await startPipeline({ audio: stereo, mediaFormat: 'wav' });
    await run(cleared({ mediaFormat: 'mp3' }));
    expect(await json('manifest.json')).toMatchObject({ audio: { container: 'mp3' }, warnings: [] });
  });

  it.each([
    ['within a frame', stereo.subarray(0, -1), /its last frame lacks 1 more/],
    ['within the head of a frame', stereo.subarray(0, -FRAME_BYTES + 2), /within the head of a frame/],
    ['within its first frame', stereo.subarray(0, FRAME_BYTES - 1), /within its header/],
    ['before it begins', Buffer.alloc(0), /is empty/],
  ])('is tried again, and nothing stored or paid for, when it ends %s', async (_where, cut, message) => {
    const pipeline = await start(cut);
    const failure = { stage: 'media-check', kind: 'transient', message: expect.stringMatching(message) };
    await expect(pipeline.run()).rejects.toMatchObject(failure);
    await expectNothingStored(pipeline);
    pipeline.twilio.served.audio = stereo;
    await pipeline.run();
    expect(pipeline.deepgram.paid).toEqual([sha256Of(stereo)]);
  });

  it('is waited for when it ends between two frames, long before the end that was reported', async () => {
    const pipeline = await start(stereo);
    const reported = { channels: 2, durationSeconds: 60, startedAt: '2026-11-21T11:00:00Z' };
    const notReady = { stage: 'media-not-ready', message: expect.stringMatching(/60 s reported/) };
    await expect(pipeline.run(cleared({ recording: reported }))).rejects.toMatchObject(notReady);
    await expectNothingStored(pipeline);
  });

  it.each([
    ['XML', Buffer.from('<?xml version="1.0"?><TwilioResponse/>'), 'transient', /begins with a text/],
    ['JSON', Buffer.from('{"code":20500,"status":500}'), 'transient', /begins with a text/],
    ['Ogg', Buffer.from(`OggS${'\0'.repeat(60)}`), 'permanent', /neither with an ID3 tag nor with an MP3 frame/],
    ['damaged', Buffer.concat([mono, Buffer.alloc(500, 1), mono]), 'transient', /damaged .* the bytes 01010101/],
  ])('is not stored when what comes is %s', async (_what, served, kind, message) => {
    const pipeline = await startPipeline({ twilioUrl: await twilioWith(served), mediaFormat: 'mp3' });
    const failure = { stage: 'media-check', kind, message: expect.stringMatching(message) };
    await expect(pipeline.run(monoCleared)).rejects.toMatchObject(failure);
    await expectNothingStored(pipeline);
  });
});

describe('a recording that is not in the format that was wanted', () => {
  it('is archived as the WAV that it is under the name of an MP3, with a warning', async () => {
    const { run, json, deepgram, store } = await start(recordingAudio);
    await run();
    expect(await json('manifest.json')).toMatchObject({
      media: { key: `${folder}/media.wav`, sha256: sha256Of(recordingAudio), contentType: 'audio/wav' },
      source: { url: expect.stringMatching(/\.wav$/) },
      audio: { container: 'wav' },
      levels: expect.anything(),
      warnings: [{ kind: 'other-format-than-wanted', text: expect.stringMatching(/^MP3 was wanted.*WAV/) }],
    });
    expect(await store.head(`${folder}/media.mp3`)).toBeUndefined();
    expect(deepgram.paid).toEqual([sha256Of(recordingAudio)]);
  });

  it('is not stored as a WAV when it is an MP3 under that name', async () => {
    const pipeline = await startPipeline({ twilioUrl: await twilioWith(stereo) });
    const failure = { stage: 'media-check', kind: 'permanent', message: expect.stringMatching(/no WAV recording/) };
    await expect(pipeline.run()).rejects.toMatchObject(failure);
    await expectNothingStored(pipeline);
  });

  it.each([400, 406, 415, 422])('is asked for as WAV when MP3 is answered with %i', async (status) => {
    const { url, requests } = await serve((request, response) =>
      request.url?.includes('.mp3') ? response.writeHead(status).end() : response.end(recordingAudio),
    );
    const { run, json } = await startPipeline({ twilioUrl: url, mediaFormat: 'mp3' });
    await run();
    expect(requests.at(-1)?.url).toMatch(/\.wav\?RequestedChannels=2$/);
    expect(await json('manifest.json')).toMatchObject({
      audio: { container: 'wav', channels: 2 },
      warnings: [{ kind: 'other-format-than-wanted' }],
    });
  });

  it.each([401, 403, 404, 429, 503])('is not asked for as WAV when MP3 is answered with %i', async (status) => {
    const { url, requests } = await serve((request, response) =>
      request.url?.includes('.json')
        ? response.end(JSON.stringify({ status: 'completed' }))
        : response.writeHead(status).end(),
    );
    const { run } = await startPipeline({ twilioUrl: url, mediaFormat: 'mp3' });
    await expect(run()).rejects.toMatchObject({ stage: expect.stringMatching(/^media-/) });
    expect(requests.filter(({ url: asked }) => asked?.includes('.wav'))).toEqual([]);
  });

  it.each([
    ['wav', recordingAudio, 'mp3'],
    ['mp3', stereo, 'wav'],
  ] as const)('is not fetched again when an earlier attempt stored it as %s', async (stored, audio, wanted) => {
    const { run, twilio, store, json, deepgram } = await start(Buffer.from('not to be fetched'), wanted);
    await store.put(`${folder}/media.${stored}`, audio, { contentType: 'audio/any' });
    await run();
    expect(twilio.requests).toEqual([]);
    expect(await store.head(`${folder}/media.${wanted}`)).toBeUndefined();
    expect(deepgram.paid).toEqual([sha256Of(audio)]);
    expect(await json('manifest.json')).toMatchObject({
      media: { key: `${folder}/media.${stored}`, sha256: sha256Of(audio) },
      audio: { container: stored, channels: 2 },
      warnings: [{ kind: 'other-format-than-wanted' }],
    });
  });

  it('stays in the archive as what it is when another format is wanted later', async () => {
    const twilio = await serve((_request, response) => response.end(stereo));
    const deepgram = await serve(async (request, response) => {
      await bodyOf(request).catch(() => {});
      response.end(JSON.stringify(twoChannelAnswer));
    });
    const { store, folder: root } = await openTestStore();
    const parts = { twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published: [] };
    await openPipeline({ ...parts, mediaFormat: 'mp3' }).run();
    await openPipeline({ ...parts, mediaFormat: 'wav' }).run();
    const names = await readdir(join(root, folder));
    expect(names.filter((name) => name.startsWith('media.'))).toEqual(['media.mp3']);
    expect(twilio.requests).toHaveLength(1);
  });
});

describe('an OpenAI-compatible server', () => {
  async function openWhisper() {
    const bodies: string[] = [];
    const { url } = await serve(async (request, response) => {
      bodies.push((await bodyOf(request)).toString('latin1'));
      response.end(JSON.stringify(verboseAnswer('Hi. Hello there.', 0.2)));
    });
    const limits = { timeoutMs: 10_000, connectTimeoutMs: 5_000, answerBytesMax: 1_000_000, now: () => new Date() };
    const provider = createOpenAiCompatible({ baseUrl: url, apiKey: undefined, model: 'tiny.en', ...limits });
    onTestFinished(() => provider.close());
    return { bodies, provider };
  }

  it('gets an MP3 of two channels in one request, whose speakers are unknown, and the transcript says so', async () => {
    const { bodies, provider } = await openWhisper();
    const { run, json } = await startPipeline({ audio: stereo, mediaFormat: 'mp3', provider });
    await run();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain('filename="audio.mp3"\r\ncontent-type: audio/mpeg\r\n');
    expect(bodies[0]).toContain(stereo.toString('latin1'));
    const transcript = await json('transcript.json');
    expect(transcript).toMatchObject({
      audio: { channels: 2 },
      billedSeconds: 2,
      speakers: [{ label: 'unknown', basis: 'unknown' }],
      warnings: [{ kind: 'channels-mixed', text: expect.stringMatching(/openai-compatible heard the 2 channels/) }],
    });
    await run();
    expect(bodies).toHaveLength(1);
  });

  it('does not take a mixed call for that of the only leg that is known', async () => {
    const { provider } = await openWhisper();
    const { run, json } = await startPipeline({ audio: stereo, mediaFormat: 'mp3', provider });
    await run(cleared({ speakers: [{ channel: 0, role: 'caller' }] }));
    expect((await json('transcript.json')).speakers).toMatchObject([{ label: 'unknown', basis: 'unknown' }]);
  });

  it('gets an MP3 of one channel as ever, with nothing to warn of', async () => {
    const { bodies, provider } = await openWhisper();
    const { run, json } = await startPipeline({ audio: mono, mediaFormat: 'mp3', provider });
    await run(monoCleared);
    expect(bodies).toHaveLength(1);
    expect(await json('transcript.json')).not.toHaveProperty('warnings');
  });
});

it('a mono MP3 is transcribed by Deepgram with its voices told apart', async () => {
  const { run, json } = await startPipeline({ audio: mono, mediaFormat: 'mp3', answer: answerOf(monoAnswer) });
  await run(monoCleared);
  expect(await json('manifest.json')).toMatchObject({ audio: { container: 'mp3', channels: 1 }, warnings: [] });
});
