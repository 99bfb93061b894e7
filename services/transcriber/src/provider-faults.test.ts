import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';
import type { RecordingState, Simulator } from '@onrecord/simulator/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clearance, keysOf } from './clearance.ts';
import { handleByPolicy } from './testing/by-policy.ts';
import { CHARGEABLE_MAX, cleared, openPipeline, openTestStore, sha256Of } from './testing/pipeline.ts';
import { callOf, openSimulator, recordCall } from './testing/simulator.ts';

/** Each fault of the provider's side, over real sockets, and what becomes of the transcript by the retry policy as it is in force. */
const SPEECH_TIMEOUT_MS = 60_000;
const EVERY_TIME = 1_000;
const MIB = 1024 * 1024;
const { maxAttempts } = DEFAULT_RETRY_POLICY;
/** 80 s: more than sockets hold, so that an upload is still going on when it is refused. */
const text = Array.from({ length: 12 }, () => 'I would like to change the address of my order, please.').join(' ');
const call = callOf([
  { party: 'Ann', text },
  { party: 'Bob', text },
]);
type Fault = Parameters<Simulator['deepgram']['failNext']>[0];

let simulator: Simulator;
let recording: RecordingState;
let stop = async () => {};

beforeAll(async () => {
  ({ simulator, stop } = await openSimulator());
  recording = await recordCall(simulator, call);
}, SPEECH_TIMEOUT_MS);

afterEach(() => simulator.faults.clear());

afterAll(() => stop());

async function transcribe(fault: Fault) {
  simulator.deepgram.failNext(fault);
  const before = simulator.deepgram.requests.length;
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const { url } = simulator;
  const { sid: recordingSid, callSid, channels, startTime: startedAt } = recording;
  const pipeline = openPipeline({
    twilioUrl: url,
    deepgramUrl: url,
    store,
    published,
    providerName: 'simulator',
    lagBytesMax: 8 * MIB,
    // A busy machine must not be taken for a silent server, unless no other answer is to come.
    providerTimeoutMs: fault.answer !== 'hang' ? 20_000 : fault.count === 1 ? 2_000 : 300,
  });
  const said = { channels, durationSeconds: recording.duration ?? 0, startedAt };
  const event = cleared({ recordingSid, callSid: callSid ?? undefined, recording: said });
  const outcome = await handleByPolicy(pipeline.run, event);
  const keys = keysOf(event.data as Clearance);
  const read = async (key: string) => Buffer.concat(await (await store.get(key)).body.toArray());
  const json = async (key: string) => JSON.parse((await read(key)).toString('utf8'));
  const names: string[] = [];
  for await (const { key } of store.listVersions(keys.prefix)) names.push(key.slice(keys.prefix.length));
  expect(names.filter(isNote)).toHaveLength(simulator.deepgram.requests.length - before);
  // Whatever the provider does, the archive is whole.
  expect((await json(keys.manifest)).media.sha256).toBe(sha256Of(await read(keys.media.wav)));
  expect(sha256Of(await read(keys.media.wav))).toBe(recording.media?.sha256);
  const types = [...new Set(published.map(({ type }) => type))];
  return {
    outcome,
    keys,
    names: names.filter((name) => !isNote(name)),
    types,
    json,
    requests: simulator.deepgram.requests.slice(before),
  };
}

/** Of a request that was sent: it stays, whatever became of the request. */
const isNote = (name: string) => name.startsWith('provider-sent.');
const ARCHIVE = ['manifest.json', 'media.wav', 'waveform.json'];
const ARCHIVED = 'onrecord.recording.archived.v1';
const COMPLETED = 'onrecord.transcript.completed.v1';

describe('a transcript is done after', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it.each<[string, number, Fault]>([
    ['429', 2, { status: 429, count: 1 }],
    ['500', 2, { status: 500, count: 1 }],
    ['503 twice', 3, { status: 503, count: 2 }],
    ['an answer that never comes', 2, { answer: 'hang', count: 1 }],
    ['half of an answer', 2, { answer: 'truncated-json', count: 1 }],
    ['an error with status 200', 2, { answer: 'error', count: 1 }],
    ['an answer without a word, as of silence', 1, { answer: 'no-words', count: 1 }],
  ])('%s, in %i attempt(s)', async (_fault, attempts, fault) => {
    const { outcome, types, keys, json, requests } = await transcribe(fault);
    expect(outcome).toMatchObject({ attempts });
    expect(outcome.reason).toBeUndefined();
    expect(types).toEqual([ARCHIVED, COMPLETED]);
    const { audio, turns } = await json(keys.transcript);
    expect(audio.sha256).toBe(recording.media?.sha256);
    expect(turns).toHaveLength(fault.answer === 'no-words' ? 0 : 2);
    expect(requests).toHaveLength(attempts);
  });

  it('the wait that the provider asks for', async () => {
    const { outcome } = await transcribe({ status: 429, count: 1, retryAfterSeconds: 90 });
    expect(outcome).toEqual({ attempts: 2, waitsMs: [90_000] });
  });
});

describe('a provider that has too much to do', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it('is waited for longer than anything is tried: being busy counts as no attempt', async () => {
    const { outcome, types } = await transcribe({ status: 429, count: maxAttempts + 1 });
    expect(outcome.reason).toBeUndefined();
    expect(outcome.waitsMs).toHaveLength(maxAttempts + 1);
    expect(types).toEqual([ARCHIVED, COMPLETED]);
  });
});

describe('a transcript ends as a dead letter beside its archive after', { timeout: SPEECH_TIMEOUT_MS }, () => {
  const ever = { count: EVERY_TIME };
  // Each of twelve attempts was once made, and may have been charged for.
  const CHARGEABLE = /4 requests for this transcript may be charged for.*raise TRANSCRIPTION_CHARGEABLE_MAX \(4\)/;

  it.each<[string, number, Fault, RegExp]>([
    ['503 that stays', maxAttempts, { status: 503, ...ever }, /answered 503/],
    ['a refusal of its audio', 1, { status: 400, count: 1 }, /answered 400/],
    ['a refusal while the audio is still being sent', 1, { answer: 'early-refusal', count: 1 }, /answered 400/],
    ['answers that never come', CHARGEABLE_MAX + 1, { answer: 'hang', ...ever }, CHARGEABLE],
    ['half of each answer', CHARGEABLE_MAX + 1, { answer: 'truncated-json', ...ever }, CHARGEABLE],
    ['an error with status 200 each time', CHARGEABLE_MAX + 1, { answer: 'error', ...ever }, CHARGEABLE],
    ['an answer of another number of channels', 1, { answer: 'other-channels', count: 1 }, /of 1 channel.*has 2/],
    ['an answer of no channels', 1, { answer: 'no-channels', count: 1 }, /unknown shape/],
  ])('%s, at attempt %i', async (_fault, attempts, fault, reason) => {
    const { outcome, types, names } = await transcribe(fault);
    expect(outcome.reason).toMatch(reason);
    expect(outcome.attempts).toBe(attempts);
    expect(types).toEqual([ARCHIVED]);
    expect(names).toEqual(ARCHIVE);
  });

  it('an answer of 500 MB, of which it holds no more than its bound', async () => {
    let peakBytes = 0;
    const before = process.memoryUsage().arrayBuffers;
    const watching = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const { outcome, types, names } = await transcribe({ answer: 'huge', count: 1 });
    clearInterval(watching);
    expect(outcome).toMatchObject({ attempts: 1, reason: expect.stringMatching(/longer than 10000000 bytes/) });
    expect([types, names]).toEqual([[ARCHIVED], ARCHIVE]);
    expect(peakBytes).toBeGreaterThan(0);
    expect(peakBytes).toBeLessThan(200 * MIB);
  });
});
