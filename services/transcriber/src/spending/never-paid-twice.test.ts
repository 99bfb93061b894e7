import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keysOf } from '../clearance.ts';
import { twoChannelAnswer } from '../testing/deepgram-answer.ts';
import type { DyingTranscriber } from '../testing/dying-transcriber.ts';
import { bodyOf, serve } from '../testing/http-server.ts';
import { accountSid, cleared, folder, openPipeline, openTestStore, startTwilio } from '../testing/pipeline.ts';
import { call, clearanceOf, record } from '../testing/simulated-call.ts';
import { wav } from '../testing/wav.ts';

/** The real protocols of the simulated Twilio and Deepgram, and a folder as the store. */
const SPEECH_TIMEOUT_MS = 60_000;

async function start() {
  const { simulator, recording } = await record(call);
  const { store, folder: root } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const lines: { msg: string; level: number }[] = [];
  const logger = pino(
    new Writable({
      write: (line, _, done) => {
        lines.push(JSON.parse(String(line)));
        done();
      },
    }),
  );
  const { url } = simulator;
  const open = () =>
    openPipeline({ twilioUrl: url, deepgramUrl: url, store, published, providerName: 'simulator', logger });
  const event = clearanceOf(recording);
  if (event.type !== 'onrecord.recording.cleared.v1') throw new Error('another event');
  const { prefix, transcript } = keysOf(event.data);
  const json = async (key: string) => JSON.parse(String(Buffer.concat(await (await store.get(key)).body.toArray())));
  const names = async () => {
    const found: string[] = [];
    for await (const { key } of store.listVersions(prefix)) found.push(key.slice(prefix.length));
    return found.map((name) => name.replace(/(provider-sent)\.\w+/, '$1'));
  };
  const outcomes = () => simulator.deepgram.requests.map(({ outcome }) => outcome);
  const environment = {
    EVENTS_URL: 'postgres://localhost/unused',
    RECORDINGS_BUCKET: 'file:./unused',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_API_URL: url,
    TRANSCRIPTION_PROVIDER: 'simulator',
    TRANSCRIPTION_URL: url,
    METRICS_PORT: '0',
  };
  const seconds = 2 * ((recording.media?.bytes ?? 0) / 32_000);
  return { open, event, root, simulator, outcomes, published, lines, names, environment, seconds, json, transcript };
}

/** Runs a transcriber in a process of its own until it has the provider's answer, and kills it before that is kept. */
async function killWithAnswerInHand(given: DyingTranscriber) {
  const child = fork(new URL('../testing/dying-transcriber.ts', import.meta.url), { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.send(given);
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a transcript', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it('of the same audio is paid for once, however often it is asked for', async () => {
    const { open, event, outcomes, published, json, transcript } = await start();
    await open().run(event);
    await open().run(event);
    await Promise.all([open().run(event), open().run({ ...event, id: 'another-telling' })]);
    expect(outcomes()).toEqual(['answered']);
    expect(new Set(published.map(({ data }) => JSON.stringify(data))).size).toBe(2);
    expect(await json(transcript)).toMatchObject({ uncertainSeconds: 0, cost: { isKnown: true, amount: 0 } });
  });

  it('tells what may be paid twice after a process was killed between sending and storing', async () => {
    const { open, event, environment, root, outcomes, names, seconds, json, transcript, lines, published } =
      await start();
    await killWithAnswerInHand({ environment, event, folder: root });
    expect(outcomes()).toEqual(['answered']);
    expect(await names()).toEqual(expect.arrayContaining(['media.wav', 'provider-sent.1.json']));
    expect(await names()).not.toContain('provider-response.json');

    const { run, registry } = open();
    await run(event);
    await run(event);
    expect(outcomes()).toEqual(['answered', 'answered']);
    const told = await json(transcript);
    expect(told.uncertainSeconds).toBeCloseTo(seconds, 0);
    expect(published.at(-1)?.data).toMatchObject({ uncertainSeconds: told.uncertainSeconds });
    const counted = await registry.getSingleMetric('onrecord_transcriber_uncertain_seconds_total')?.get();
    expect(counted?.values).toMatchObject([{ labels: { provider: 'simulator', model: 'nova-3' } }]);
    expect(counted?.values[0]?.value).toBeCloseTo(seconds, 0);
    expect(lines.filter(({ msg }) => msg.includes('both may be charged for'))).toHaveLength(1);
  });

  it('is not uncertain after the provider refused the request before', async () => {
    const { open, event, simulator, outcomes, json, transcript, names } = await start();
    simulator.deepgram.failNext({ status: 503, count: 2 });
    for (const _ of [1, 2]) await expect(open().run(event)).rejects.toMatchObject({ kind: 'transient' });
    await open().run(event);
    expect(outcomes()).toEqual(['refused-503', 'refused-503', 'answered']);
    expect(await json(transcript)).toMatchObject({ uncertainSeconds: 0 });
    expect((await names()).filter((name) => name.startsWith('provider-sent'))).toHaveLength(3);
  });
});

/** 16 MB: more than what the sockets of two processes hold. */
const AUDIO_SECONDS = 500;

describe('a request whose answer never came', () => {
  it('may be billed when the provider had all of the audio', async () => {
    const uncertain = await afterLosing(async (request, response) => {
      await bodyOf(request);
      response.destroy();
    });
    expect(uncertain).toBeCloseTo(2 * AUDIO_SECONDS, 1);
  });

  it('is not billed when the provider had a part of it', async () => {
    const uncertain = await afterLosing(async (request, response) => {
      request.once('data', () => response.destroy());
    });
    expect(uncertain).toBe(0);
  });

  /** @returns the seconds that are uncertain when the second request is answered */
  async function afterLosing(first: Parameters<typeof serve>[0]): Promise<number> {
    const audio = wav({ seconds: AUDIO_SECONDS, channels: 2 });
    let requests = 0;
    const deepgram = await serve(async (request, response) => {
      requests += 1;
      if (requests === 1) return first(request, response);
      await bodyOf(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(twoChannelAnswer));
    });
    const twilio = await startTwilio(audio);
    const { store, read } = await openTestStore();
    const open = () =>
      openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published: [], lagBytesMax: 2 ** 28 });
    await expect(open().run(cleared())).rejects.toMatchObject({ stage: 'transcription-request' });
    await open().run(cleared());
    expect(requests).toBe(2);
    expect(await store.head(`${folder}/provider-response.json`)).toBeDefined();
    return JSON.parse(String(await read('transcript.json'))).uncertainSeconds;
  }
});
