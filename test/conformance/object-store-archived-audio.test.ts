import type { OnrecordEvent } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cleared,
  folder,
  openPipeline,
  recordingAudio,
  sha256Of,
  startDeepgram,
  startTwilio,
} from '../../services/transcriber/src/testing/pipeline.ts';
import { describeWith } from '../servers/available.ts';
import { createBucket } from '../servers/buckets.ts';
import type { SeaweedFs } from '../servers/seaweedfs.ts';

const otherAudio = Buffer.from(recordingAudio).fill(7, 44);

describeWith('s3', (seaweedfs) =>
  describe('archived audio that was overwritten', () => {
    it('is transcribed from the version that the manifest names', async () => {
      const { run, deepgram } = await archivedAndOverwritten(seaweedfs, { versioned: true });
      await run();
      expect(deepgram.paid).toEqual([sha256Of(recordingAudio)]);
    });

    it('is not transcribed where there are no versions', async () => {
      const { run, deepgram, store } = await archivedAndOverwritten(seaweedfs, { versioned: false });
      await expect(run()).rejects.toMatchObject({ stage: 'archived-audio', kind: 'permanent' });
      expect(deepgram.paid).toEqual([]);
      expect(await store.head(`${folder}/provider-response.json`)).toBeUndefined();
    });
  }),
);

async function archivedAndOverwritten(server: Omit<SeaweedFs, 'stop'>, options: { versioned: boolean }) {
  const bucket = await createBucket(server, options);
  const { endpoint, region } = server;
  const place = { kind: 's3', bucket, prefix: '', endpoint, region } as const;
  const store = await openObjectStore({ ...place, credentials: server, forcePathStyle: true });
  onTestFinished(() => store.close());
  const deepgram = await startDeepgram();
  const twilio = await startTwilio();
  const published: OnrecordEvent[] = [];
  const { run } = openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published });
  await run(cleared({ purposes: ['store'] }));
  await store.put(`${folder}/media.wav`, otherAudio, { contentType: 'audio/wav' });
  return { run, deepgram, store };
}
