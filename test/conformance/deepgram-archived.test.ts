import { openObjectStore } from '@onrecord/shared/object-store/open';
import { callbackKeys } from '@onrecord/shared/transcription/callback-objects';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startedIngest } from '../../services/ingest/src/testing/started-ingest.ts';
import { optionsFingerprint } from '../../services/transcriber/src/domain/options-fingerprint.ts';
import { secret, startSimulatedDeepgram, startWorker } from '../../services/transcriber/src/testing/archived-ways.ts';
import { folder, recordingAudio, sha256Of } from '../../services/transcriber/src/testing/pipeline.ts';
import { describeWith } from '../servers/available.ts';
import { createBucket } from '../servers/buckets.ts';
import type { SeaweedFs } from '../servers/seaweedfs.ts';

const otherAudio = Buffer.from(recordingAudio).fill(7, 44);

describeWith('s3', (seaweedfs) =>
  describe('Deepgram, asked about audio in S3', () => {
    it.each([
      ['uploads it, and the answer is called back to ingest', { presigned: false, byCallback: true }],
      ['fetches it, and answers at once', { presigned: true, byCallback: false }],
      ['fetches it, and the answer is called back to ingest', { presigned: true, byCallback: true }],
    ])('%s', async (_way, { presigned, byCallback }) => {
      const { store, simulator, worker, json } = await installation(seaweedfs);
      const { run, published } = await worker(presigned, byCallback);
      await run();
      expect(published.map(({ type }) => type).at(-1)).toBe('onrecord.transcript.completed.v1');
      expect(simulator.deepgram.requests).toMatchObject([{ sha256: sha256Of(recordingAudio), outcome: 'answered' }]);
      expect(await json('transcript.json')).toMatchObject({
        audio: { sha256: sha256Of(recordingAudio) },
        billedSeconds: 4,
      });
      const fingerprint = optionsFingerprint(await json('provider-request.json'));
      const { answer } = callbackKeys({ folder: `${folder}/`, audioSha256: '', optionsFingerprint: fingerprint });
      expect((await store.head(answer)) !== undefined).toBe(byCallback);
      expect(simulator.deepgram.requests[0]?.callbackStatuses).toEqual(byCallback ? [204] : undefined);
    });

    it.each(['twice', 'forged', 'late', 'never'] as const)(
      'with a callback that comes %s ends with one transcript',
      async (fault) => {
        const { simulator, worker, json } = await installation(seaweedfs);
        simulator.deepgram.spoilCallback({ fault, delayMs: 500 });
        const { run, published } = await worker(false, true, 1_500);
        if (fault === 'never') await expect(run()).rejects.toMatchObject({ stage: 'transcription-callback' });
        await run();
        expect(published.filter(({ type }) => type === 'onrecord.transcript.completed.v1')).toHaveLength(1);
        expect((await json('transcript.json')).turns.length).toBeGreaterThan(0);
        const statuses = { twice: [204, 204], forged: [403, 204], late: [204], never: undefined }[fault];
        await expect.poll(() => simulator.deepgram.requests[0]?.callbackStatuses).toEqual(statuses);
      },
    );

    it('fetches the version that the manifest names, also where another one lies over it', async () => {
      const { store, simulator, worker } = await installation(seaweedfs);
      const { run } = await worker(true, false);
      simulator.deepgram.failNext({ status: 503, count: 1 });
      await expect(run()).rejects.toMatchObject({ kind: 'transient' });
      await store.put(`${folder}/media.wav`, otherAudio, { contentType: 'audio/wav' });
      await run();
      expect(simulator.deepgram.requests.at(-1)).toMatchObject({
        sha256: sha256Of(recordingAudio),
        outcome: 'answered',
      });
    });
  }),
);

async function installation(server: Omit<SeaweedFs, 'stop'>) {
  const bucket = await createBucket(server, { versioned: true });
  const { accessKeyId, endpoint, region, secretAccessKey } = server;
  const place = { kind: 's3', bucket, prefix: '', endpoint, region } as const;
  const store = await openObjectStore({ ...place, credentials: server, forcePathStyle: true });
  // Ingest finds its credentials as the AWS SDK does.
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId).stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  const ingest = await startedIngest({
    TRANSCRIPTION_WEBHOOK_SECRET: secret,
    RECORDINGS_BUCKET: `s3://${bucket}`,
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_FORCE_PATH_STYLE: 'true',
  });
  onTestFinished(async () => {
    await ingest.service.stop();
    await store.close();
    vi.unstubAllEnvs();
  });
  const simulator = await startSimulatedDeepgram();
  const worker = (presigned: boolean, byCallback: boolean, timeoutMs = 10_000) => {
    const callback = byCallback ? { baseUrl: ingest.at, secret } : undefined;
    return startWorker({ store, deepgramUrl: simulator.url, presigned, callback, timeoutMs });
  };
  const json = async (name: string) => {
    const { body } = await store.get(`${folder}/${name}`);
    return JSON.parse(Buffer.concat(await body.toArray()).toString());
  };
  return { store, simulator, worker, json };
}
