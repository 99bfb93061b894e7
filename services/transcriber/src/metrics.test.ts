import { describe, expect, it } from 'vitest';
import { cleared, recordingAudio } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';

async function start() {
  const pipeline = await startPipeline();
  const value = async (name: string) => {
    const metric = await pipeline.registry.getSingleMetric(`onrecord_transcriber_${name}`)?.get();
    return metric?.values.map(({ labels, value }) => ({ ...labels, value }));
  };
  return { ...pipeline, value };
}

describe('the metrics', () => {
  it('count what was archived, transcribed and paid for, once', async () => {
    const { run, value } = await start();
    await run();
    await run();
    expect(await value('archived_bytes_total')).toEqual([{ value: recordingAudio.length }]);
    expect(await value('archived_recordings_total')).toEqual([{ value: 1 }]);
    expect(await value('transcribed_audio_seconds_total')).toEqual([{ provider: 'deepgram', value: 2 }]);
    const asked = { provider: 'deepgram', model: 'nova-3' };
    expect(await value('billed_seconds_total')).toEqual([{ ...asked, value: 4 }]);
    // The test's own server is nobody whose price is known.
    expect(await value('unpriced_seconds_total')).toEqual([{ ...asked, value: 4 }]);
    expect(await value('cost_total')).toEqual([]);
    expect(await value('uncertain_seconds_total')).toEqual([]);
    expect(await value('relay_legs_total')).toEqual([{ outcome: 'answered', value: 1 }]);
    expect(await value('provider_requests')).toEqual([{ value: 0 }]);
  });

  it('count failures by their stage', async () => {
    const { run, value } = await start();
    await expect(run(cleared({ transcription: { redact: ['pci'] } }))).rejects.toThrow();
    expect(await value('stage_failures_total')).toEqual([
      { stage: 'transcription-options', kind: 'permanent', value: 1 },
    ]);
  });
});
