import { describe, expect, it } from 'vitest';
import { monoAnswer } from './testing/deepgram-answer.ts';
import { cleared, folder, sha256Of } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';
import { wav } from './testing/wav.ts';

const whole = wav({ seconds: 60, channels: 2 });
const half = wav({ seconds: 30, channels: 2 });
const event = cleared({ recording: { channels: 2, durationSeconds: 60, startedAt: '2026-11-21T11:00:00Z' } });

const notReady = {
  stage: 'media-not-ready',
  kind: 'transient',
  message: expect.stringMatching(/30 s .*60 s reported/),
};

// Twilio served the first half of a recording that it was still writing, as a file that was whole in itself. Half a call was archived,
// transcribed and announced as the call.
describe('a recording that is shorter than it was reported', () => {
  it('is waited for: nothing of it is stored, and nothing paid for', async () => {
    const { run, twilio, deepgram, store, json } = await startPipeline({ audio: half });
    await expect(run(event, 1)).rejects.toMatchObject(notReady);
    await expect(run(event, 3)).rejects.toMatchObject(notReady);
    expect(await store.head(`${folder}/media.wav`)).toBeUndefined();
    expect(deepgram.paid).toEqual([]);
    twilio.served.audio = whole;
    await run(event, 3);
    expect(deepgram.paid).toEqual([sha256Of(whole)]);
    expect(await json('manifest.json')).toMatchObject({ audio: { durationSeconds: 60 }, warnings: [] });
  });

  it('is archived in the end all the same, with a warning that is counted', async () => {
    const { run, deepgram, json, registry } = await startPipeline({ audio: half });
    await run(event, 4);
    expect(deepgram.paid).toEqual([sha256Of(half)]);
    expect((await json('manifest.json')).warnings).toEqual([
      { kind: 'shorter-than-reported', text: 'Twilio reported 60 s and served 30 s' },
    ]);
    await run(event, 1);
    const counted = await registry.getSingleMetric('onrecord_transcriber_archive_warnings_total')?.get();
    expect(counted?.values).toMatchObject([{ labels: { warning: 'shorter-than-reported' }, value: 1 }]);
  });

  it('is described with its warning when an earlier attempt stored it and got no further', async () => {
    const { run, store, json } = await startPipeline({ audio: half });
    await store.put(`${folder}/media.wav`, half, { contentType: 'audio/wav' });
    await run(event, 5);
    expect((await json('manifest.json')).warnings).toMatchObject([{ kind: 'shorter-than-reported' }]);
  });
});

describe('a recording with other channels than were reported', () => {
  it('is archived at once as it was served, with a warning', async () => {
    const mixedDown = wav({ seconds: 60, channels: 1 });
    const { run, json } = await startPipeline({
      audio: mixedDown,
      answer: { status: 200, body: JSON.stringify(monoAnswer) },
    });
    await run(event);
    expect(await json('manifest.json')).toMatchObject({
      media: { sha256: sha256Of(mixedDown) },
      audio: { channels: 1 },
      warnings: [{ kind: 'other-channels-than-reported' }],
    });
  });
});

it('reads a manifest of before there were warnings', async () => {
  const { run, store, json, deepgram } = await startPipeline({ audio: whole });
  await run(event);
  const { warnings: _, ...earlier } = await json('manifest.json');
  await store.put(`${folder}/manifest.json`, Buffer.from(JSON.stringify(earlier)), { contentType: 'application/json' });
  await run(event);
  expect(deepgram.paid).toHaveLength(1);
});
