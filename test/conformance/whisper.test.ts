import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processIdentity } from '@onrecord/standalone/embedded-postgres/process-identity';
import { createOpenAiCompatible } from '@onrecord/transcriber/adapters/openai-compatible';
import { oneChannelHead } from '@onrecord/transcriber/domain/one-channel';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../servers/free-ports.ts';
import { startServerProcess } from '../servers/server-process.ts';
import { startOrExplain } from '../servers/unavailable.ts';
import { startWhisper } from '../servers/whisper.ts';
import { type SpokenCall, speakCalls } from './whisper-calls.ts';
import { wordErrorRate } from './word-errors.ts';

/** The smallest Whisper hears synthetic speech at 8 kHz: 5 words of 14 wrong at worst, one in eleven on average. Swapped channels make 1. */
const WORD_ERRORS_MAX_ON_A_CHANNEL = 0.5;
const WORD_ERRORS_MAX = 0.2;
/** 25 s beside other work on two processors. */
const HEARING_TIMEOUT_MS = 180_000;
/** Whisper's word times are of this order. */
const SECONDS_OFF_MAX = 1;

const SERVER = join(import.meta.dirname, '../../packages/standalone/whisper/server.py');
const started = await startOrExplain(startWhisper);
const noSignal = new AbortController().signal;

const TELEPHONE = { formatTag: 1, channels: 1, sampleRateHz: 8_000, bytesPerSecond: 16_000, bitsPerSample: 16 };
const silence = (seconds: number) => {
  const samples = Buffer.alloc(seconds * TELEPHONE.bytesPerSecond);
  return Buffer.concat([oneChannelHead(TELEPHONE, samples.length), samples]);
};

function providerAt(baseUrl: string, model = 'tiny.en') {
  const provider = createOpenAiCompatible({
    baseUrl,
    apiKey: undefined,
    model,
    timeoutMs: 120_000,
    connectTimeoutMs: 5_000,
    answerBytesMax: 10_000_000,
    now: () => new Date(),
  });
  onTestFinished(() => provider.close());
  const send = (audio: Buffer, { signal = noSignal, bytes = audio.length as number | undefined, language = '' } = {}) =>
    provider.send({
      audio: Readable.from([audio]),
      bytes,
      options: provider.optionsFor(language === '' ? {} : { language }, 1),
      signal,
    });
  return { provider, send };
}

function suite({ python, url }: { python: string; url: string }) {
  let calls: SpokenCall[] = [];
  beforeAll(async () => {
    calls = await speakCalls();
  });

  test('hears what was said, each speaker on the right channel, in the order of the call', {
    timeout: HEARING_TIMEOUT_MS,
  }, async () => {
    const { provider, send } = providerAt(url);
    const rates: number[] = [];
    for (const { audio, name, script } of calls) {
      const { body } = await send(audio);
      const { utterances, ...read } = provider.read(body, 2);
      const turns = [...utterances].sort((a, b) => a.start - b.start);
      expect(read).toMatchObject({ channels: 2, language: 'en' });
      for (const channel of [0, 1]) {
        const on = <T extends { channel: number; text: string }>(all: readonly T[]) =>
          all.filter((each) => each.channel === channel).map(({ text }) => text);
        const rate = wordErrorRate(on(script.utterances).join(' '), on(turns).join(' '));
        expect(rate, `${name}, channel ${channel}: ${on(turns).join(' ')}`).toBeLessThan(WORD_ERRORS_MAX_ON_A_CHANNEL);
        rates.push(rate);
      }
      const order = (all: readonly { channel: number }[]) =>
        all.map(({ channel }) => channel).filter((channel, index, before) => channel !== before[index - 1]);
      expect(order(turns), name).toEqual(order(script.utterances));
      for (const { channel, end, start, text } of script.utterances) {
        const near = turns.filter((turn) => turn.channel === channel);
        expect(Math.min(...near.map((turn) => Math.abs(turn.start - start))), text).toBeLessThan(SECONDS_OFF_MAX);
        expect(Math.min(...near.map((turn) => Math.abs(turn.end - end))), text).toBeLessThan(SECONDS_OFF_MAX);
      }
      const words = utterances.flatMap((each) => each.words);
      expect(words.every((word) => word.end >= word.start && (word.confidence ?? 0) > 0)).toBe(true);
    }
    expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeLessThan(WORD_ERRORS_MAX);
  });

  test('hears audio of unknown length, and nothing in silence', async () => {
    const { provider, send } = providerAt(url);
    const { body } = await send(silence(10), { bytes: undefined });
    expect(provider.read(body, 1)).toMatchObject({ utterances: [], durationSeconds: 10 });
  });

  test('refuses by name what it cannot do', async () => {
    const { send } = providerAt(url);
    await expect(send(silence(1), { language: 'de' })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringMatching(/400 .*English alone.*'de'/),
    });
    await expect(providerAt(url, 'large-v3').send(silence(1))).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/'large-v3' is not here, only 'tiny.en'.*TRANSCRIPTION_MODEL/),
    });
    const form = new FormData();
    form.set('model', 'tiny.en');
    form.set('response_format', 'verbose_json');
    form.set('file', new Blob(['no audio']), 'audio.wav');
    const answer = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/cannot be read as audio/);
  });

  test('takes no more than it was told to, and answers again afterwards', async () => {
    const [port = 0] = await freePorts(1);
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-whisper-'));
    const small = `http://127.0.0.1:${port}`;
    const server = await startServerProcess({
      name: 'Whisper',
      command: python,
      args: [SERVER, '--port', String(port), '--requests-max', '1', '--body-bytes-max', '100000'],
      logFile: join(folder, 'whisper.log'),
      isReady: async () => (await fetch(`${small}/healthz`)).ok,
      readyTimeoutMs: 60_000,
    });
    onTestFinished(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
    const { send } = providerAt(small);
    for (const bytes of [undefined, silence(10).length]) {
      await expect(send(silence(10), { bytes })).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringMatching(/413 .*longer than 100000 bytes/),
      });
    }
    // An upload that has begun holds the one place. One that came when a recording of the test had it was refused itself: then another.
    const half = new AbortController();
    let upload: Promise<unknown> | undefined;
    const hold = () => {
      upload = fetch(`${small}/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('--x\r\n')) }),
        duplex: 'half',
        signal: half.signal,
      } as RequestInit).then(
        () => {
          upload = undefined;
        },
        () => 'given up',
      );
      return 'an upload begins';
    };
    const sendBeside = () =>
      send(silence(1)).then(
        () => 'taken',
        (error) => error,
      );
    await expect
      .poll(() => (upload === undefined ? hold() : sendBeside()), { timeout: 20_000 })
      .toMatchObject({ kind: 'transient', retryAfterMs: 30_000, message: expect.stringMatching(/503 .*are waiting/) });
    half.abort();
    expect(await upload).toBe('given up');
    await expect
      .poll(
        () =>
          send(silence(1)).then(
            () => 'taken',
            () => 'refused',
          ),
        { timeout: 20_000 },
      )
      .toBe('taken');
  });

  test('ends with the process that started it, however that ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-whisper-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const parent = spawn(
      process.execPath,
      [fileURLToPath(new URL('whisper-parent.ts', import.meta.url)), python, join(folder, 'log')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const { pid } = JSON.parse(line as string) as { pid: number };
    expect(await processIdentity(pid)).toBeDefined();
    parent.kill('SIGKILL');
    while ((await processIdentity(pid)) !== undefined) await sleep(50);
  });
}

if ('reason' in started) {
  describe.skip(`Whisper (skipped: ${started.reason})`, () => test('runs', () => {}));
} else {
  describe('Whisper', () => {
    suite(started.server);
    afterAll(() => started.server.stop());
  });
}
