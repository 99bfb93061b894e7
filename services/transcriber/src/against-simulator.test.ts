import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { type CallScript, type RecordingState, type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keysOf } from './clearance.ts';
import { serve } from './testing/http-server.ts';
import { accountSid, cleared, openPipeline, openTestStore } from './testing/pipeline.ts';

/** The real protocol on both sides: recordings fetched from the simulated Twilio, transcribed by the simulated Deepgram. */
const SPEECH_TIMEOUT_MS = 60_000;
const lines = [
  { party: 'Ann', text: 'Hello, I would like to change my delivery address.' },
  { party: 'Bob', text: 'Of course. What is your order number?' },
  { party: 'Ann', text: 'One two three four.' },
];
const call: CallScript = {
  kind: 'inbound-call',
  from: '+14155550100',
  to: '+14155550101',
  parties: [
    { name: 'Ann', voice: 'slt', channel: 0 },
    { name: 'Bob', voice: 'kal', channel: 1 },
  ],
  utterances: lines,
  recording: 'always',
};
const conference: CallScript = {
  kind: 'conference',
  to: '+14155550101',
  participants: [
    { name: 'Ann', from: '+14155550100', voice: 'slt' },
    { name: 'Bob', from: '+14155550102', voice: 'kal' },
  ],
  utterances: lines,
};

async function record(script: CallScript): Promise<{ simulator: Simulator; recording: RecordingState }> {
  const application = await serve((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end('<Response><Dial><Number>+14155550103</Number></Dial></Response>'),
  );
  const simulator = await startSimulator({
    accountSid,
    authToken: 'token',
    publicBaseUrl: application.url,
    speechCacheDir: join(tmpdir(), 'onrecord-test-speech'),
    speed: 1_000,
  });
  onTestFinished(() => simulator.stop());
  await simulator.placeCall(script);
  const [recording] = simulator.recordings.list();
  if (!recording) throw new Error('nothing was recorded');
  return { simulator, recording };
}

function clearanceOf(recording: RecordingState, overrides: Parameters<typeof cleared>[0] = {}) {
  return cleared({
    recordingSid: recording.sid,
    callSid: recording.callSid ?? undefined,
    conferenceSid: recording.conferenceSid ?? undefined,
    recording: {
      channels: recording.channels,
      durationSeconds: recording.duration ?? 0,
      startedAt: new Date(recording.startTime).toISOString(),
    },
    ...overrides,
  });
}

async function transcribed(script: CallScript, overrides: Parameters<typeof cleared>[0] = {}) {
  const { simulator, recording } = await record(script);
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const { url } = simulator;
  const { run } = openPipeline({ twilioUrl: url, deepgramUrl: url, store, published, providerName: 'simulator' });
  const event = clearanceOf(recording, overrides);
  await run(event);
  if (event.type !== 'onrecord.recording.cleared.v1') throw new Error('another event');
  const keys = keysOf(event.data);
  const read = async (key: string) => Buffer.concat(await (await store.get(key)).body.toArray()).toString('utf8');
  return { simulator, recording, keys, read, published, run, event };
}

describe('a recording of the simulated Twilio', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it('is archived bit for bit and transcribed by channel', async () => {
    const { simulator, recording, keys, read, published } = await transcribed(call);
    const [archived, completed] = published;
    expect(archived?.data).toMatchObject({
      media: { sha256: recording.media?.sha256, bytes: recording.media?.bytes },
      channels: 2,
    });
    expect(completed?.data).toMatchObject({ simulated: true, turns: 3, audioSha256: recording.media?.sha256 });
    expect(simulator.deepgram.requests).toMatchObject([{ sha256: recording.media?.sha256, outcome: 'answered' }]);
    const text = await read(keys.text);
    expect(text).toContain('SIMULATED');
    expect(
      text
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.replace(/^\[[\d:]+\] /, '')),
    ).toEqual([`caller: ${lines[0]?.text}`, `agent: ${lines[1]?.text}`, `caller: ${lines[2]?.text}`]);
  });

  it('of a conference is transcribed by voice', async () => {
    const { keys, read } = await transcribed(conference, { speakers: undefined, transcription: { diarize: true } });
    const { turns } = JSON.parse(await read(keys.transcript));
    expect(turns.map(({ speaker }: { speaker: string }) => speaker)).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1']);
  });

  it('that is not to be transcribed sends no byte to the provider', async () => {
    const { simulator, published } = await transcribed(call, { purposes: ['store'] });
    expect(published.map(({ type }) => type)).toEqual(['onrecord.recording.archived.v1']);
    expect(simulator.deepgram.requests).toEqual([]);
  });

  it('that the ledger took for two channels is fetched with one', async () => {
    const { recording } = await transcribed(conference, {
      speakers: undefined,
      recording: { channels: 2, startedAt: '2026-11-21T11:00:00Z' },
    });
    expect(recording.channels).toBe(1);
  });

  it('waits while the provider has too much to do, and is asked for once more', async () => {
    const { simulator, recording } = await record(call);
    simulator.deepgram.failNext({ status: 429, count: 1, retryAfterSeconds: 30 });
    const { store } = await openTestStore();
    const { url } = simulator;
    const { run } = openPipeline({ twilioUrl: url, deepgramUrl: url, store, published: [], providerName: 'simulator' });
    await expect(run(clearanceOf(recording))).rejects.toMatchObject({ kind: 'postponed', retryAfterMs: 30_000 });
    await run(clearanceOf(recording));
    expect(simulator.deepgram.requests.map(({ outcome }) => outcome)).toEqual(['refused-429', 'answered']);
  });
});
