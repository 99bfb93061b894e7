import type { OnrecordEvent } from '@onrecord/shared/events';
import type { CallScript } from '@onrecord/simulator/simulator';
import { describe, expect, it } from 'vitest';
import { keysOf } from './clearance.ts';
import { type cleared, openPipeline, openTestStore } from './testing/pipeline.ts';
import { call, clearanceOf, lines, record } from './testing/simulated-call.ts';

/** The real protocol on both sides: recordings fetched from the simulated Twilio, transcribed by the simulated Deepgram. */
const SPEECH_TIMEOUT_MS = 60_000;
const conference: CallScript = {
  kind: 'conference',
  to: '+14155550101',
  participants: [
    { name: 'Ann', from: '+14155550100', voice: 'slt' },
    { name: 'Bob', from: '+14155550102', voice: 'kal' },
  ],
  utterances: lines,
};

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
