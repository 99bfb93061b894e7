import { describe, expect, it } from 'vitest';
import WaveformData from 'waveform-data';
import { cleared, folder, recordingAudio, sha256Of } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';

const HEADER_BYTES = 44;
const BITS_PER_SAMPLE_AT = 34;

/** The recording with its first channel on both. */
const duplicated = Buffer.from(recordingAudio);
for (let at = HEADER_BYTES; at < duplicated.length; at += 4) duplicated.copyWithin(at + 2, at, at + 2);

describe('the levels of an archived recording', () => {
  it('are in its manifest, and its peaks beside it, by their hash', async () => {
    const { run, read, json, published } = await startPipeline();
    await run();
    const { levels, waveform, warnings } = await json('manifest.json');
    const written = await read('waveform.json');
    expect(waveform).toMatchObject({
      key: `${folder}/waveform.json`,
      bytes: written.length,
      sha256: sha256Of(written),
    });
    expect(levels.channels).toMatchObject([{ channel: 0, silenceRatio: 0 }, { channel: 1 }]);
    expect(warnings).toEqual([]);
    expect(published[0]?.data).toMatchObject({ waveform, warnings });
    const peaks = WaveformData.create(JSON.parse(written.toString('utf8')));
    expect(peaks).toMatchObject({ channels: 2, sample_rate: 8_000, length: Math.ceil((2 * 8_000) / 256) });
  });

  it('are the same when an earlier attempt stored the audio and got no further', async () => {
    const [first, again] = [await startPipeline(), await startPipeline({ audio: Buffer.alloc(0) })];
    await first.run();
    await again.store.put(`${folder}/media.wav`, recordingAudio, { contentType: 'audio/wav' });
    await again.run();
    for (const name of ['levels', 'waveform']) {
      expect((await again.json('manifest.json'))[name]).toEqual((await first.json('manifest.json'))[name]);
    }
  });

  it('are left out with a reason where the samples cannot be read', async () => {
    const unreadable = Buffer.from(recordingAudio);
    unreadable.writeUInt16LE(24, BITS_PER_SAMPLE_AT);
    const { run, store, json } = await startPipeline({ audio: unreadable });
    await run();
    const manifest = await json('manifest.json');
    expect(manifest.notMeasured).toBe('samples of 24 bits with format tag 1 are not measured');
    expect(manifest).not.toHaveProperty('levels');
    expect(await store.head(`${folder}/waveform.json`)).toBeUndefined();
  });

  it('never come with a waveform of other audio', async () => {
    const { run, store, json } = await startPipeline();
    await store.put(`${folder}/waveform.json`, Buffer.from('{}\n'), { contentType: 'application/json' });
    await run();
    const manifest = await json('manifest.json');
    expect(manifest).not.toHaveProperty('waveform');
    expect(manifest.notMeasured).toMatch(/not of this audio/);
    expect(manifest.levels.channels).toHaveLength(2);
  });
});

// Two turns were attributed to two people by a map of channels that both carried the whole call: each of them had said everything.
describe('a recording with the same sound on both channels', () => {
  it('says so in its manifest and in the metrics, and its transcript names nobody', async () => {
    const { run, json, published, registry } = await startPipeline({ audio: duplicated });
    await run();
    const kind = 'same-sound-on-both-channels';
    const { levels, warnings } = await json('manifest.json');
    expect(levels.correlation).toBe(1);
    expect(warnings).toEqual([{ kind, text: expect.stringContaining('correlation 1') }]);
    expect(published[0]).toMatchObject({ type: 'onrecord.recording.archived.v1', data: { warnings } });
    const counted = await registry.getSingleMetric('onrecord_transcriber_archive_warnings_total')?.get();
    expect(counted?.values).toMatchObject([{ labels: { warning: kind }, value: 1 }]);
    const { speakers, turns } = await json('transcript.json');
    expect(new Set(turns.map(({ speaker }: { speaker: string }) => speaker))).toEqual(new Set(['unknown']));
    expect(speakers.map(({ basis }: { basis: string }) => basis)).toEqual(['unknown', 'unknown']);
  });

  it('keeps its speakers unknown where the transcript is made by a later attempt', async () => {
    const { run, json } = await startPipeline({ audio: duplicated });
    await run(cleared({ purposes: ['store'] }));
    await run();
    expect((await json('transcript.json')).turns[0].speaker).toBe('unknown');
  });
});
