import type { IncomingMessage } from 'node:http';
import { DeleteBucketCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { S3StoreOptions } from '@onrecord/shared/object-store/options';
import type { ObjectStore, ObjectVersion } from '@onrecord/shared/object-store/port';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { handleByPolicy } from '../../services/transcriber/src/testing/by-policy.ts';
import {
  cleared,
  folder,
  openPipeline,
  sha256Of,
  startDeepgram,
  startTwilio,
} from '../../services/transcriber/src/testing/pipeline.ts';
import { wav } from '../../services/transcriber/src/testing/wav.ts';
import { describeWith } from '../servers/available.ts';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';

/** Each fault of the object store between the real adapter and a real server, and what becomes of the recording by the retry policy. */
const PART_BYTES = 5 * 1024 * 1024;
const SECONDS = 180;
/** Two parts and a bit: an upload of three. */
const audio = wav({ seconds: (PART_BYTES * 2 + 100_000) / 32_000, channels: 2 });
const audioSha256 = sha256Of(audio);
const { maxAttempts } = DEFAULT_RETRY_POLICY;
const EVER = Number.POSITIVE_INFINITY;
/** Requests of one attempt of the adapter: one, and one more. */
const ATTEMPTS = 2;

/** Written once: of these there is never a second version. */
const EVIDENCE = ['media.wav', 'waveform.json', 'manifest.json', 'provider-request.json', 'provider-response.json'];

type Step = (request: IncomingMessage) => boolean;
const has = (request: IncomingMessage, text: string) => request.url?.includes(text) ?? false;
const step = {
  start: (request) => request.method === 'POST' && has(request, '?uploads'),
  part: (request) => request.method === 'PUT' && has(request, 'partNumber=2&'),
  completion: (request) => request.method === 'POST' && has(request, 'uploadId='),
  manifest: (request) => request.method === 'PUT' && has(request, '/manifest.json'),
  lookup: (request) => request.method === 'GET' && has(request, '/manifest.json'),
  audio: (request) => request.method === 'GET' && has(request, '/media.wav'),
  transcript: (request) => request.method === 'PUT' && has(request, '/transcript.json'),
  any: () => true,
} satisfies Record<string, Step>;

const answer = (status: number, code: string): Fault => ({ kind: 'answer', status, code });
const wrong = (name: string, value: string): Fault => ({ kind: 'replace-header', name, value });
const never = new Promise<void>(() => {});

describeWith('s3', (seaweedfs) =>
  describe('a recording, when the object store', { timeout: 120_000 }, () => {
    let proxy: FaultProxy;
    let client: S3Client;
    beforeAll(async () => {
      proxy = await startFaultProxy(seaweedfs.endpoint);
      client = s3Client(seaweedfs);
    });
    afterEach(() => {
      proxy.onRequest = () => undefined;
    });
    afterAll(async () => {
      client?.destroy();
      await proxy?.stop();
    });

    async function openStore(bucket: string, endpoint: string, options: Partial<S3StoreOptions> = {}) {
      const place = { kind: 's3', bucket, prefix: '', endpoint, region: seaweedfs.region } as const;
      const limits = { partBytes: PART_BYTES, attempts: ATTEMPTS, requestTimeoutMs: 2_000, ...options };
      const store = await openObjectStore({ ...place, credentials: seaweedfs, forcePathStyle: true, ...limits });
      onTestFinished(() => store.close());
      return store;
    }

    /** Everything that the relay of a recording needs, on a bucket of its own. */
    async function prepare({ lagBytesMax = PART_BYTES * 4 } = {}) {
      const bucket = await createBucket(seaweedfs, { versioned: true });
      const store = await openStore(bucket, proxy.url);
      const [twilio, deepgram] = [await startTwilio(audio), await startDeepgram()];
      const published: OnrecordEvent[] = [];
      const options = { twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published, lagBytesMax };
      const recording = { channels: 2, durationSeconds: SECONDS, startedAt: '2026-11-21T11:00:00Z' };
      const event = cleared({ recording });
      const run = (meanwhile?: () => Promise<void>) => handleByPolicy(openPipeline(options).run, event, meanwhile);
      return { bucket, deepgram, published, run };
    }

    /** The first `count` requests of a step meet the fault; when `count` is reached all is well. */
    function spoil(isAt: Step, fault: Fault, count: number): { met: number } {
      const seen = { met: 0 };
      proxy.onRequest = (request) => {
        if (seen.met >= count || !isAt(request)) return undefined;
        seen.met += 1;
        return fault;
      };
      return seen;
    }

    const uploads = async (bucket: string) =>
      ((await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).map(({ Key }) => Key);
    const versionsIn = async (store: ObjectStore) => {
      const found: ObjectVersion[] = [];
      for await (const version of store.listVersions('')) found.push(version);
      return found;
    };

    /** What holds after every fault, whatever it was: looked at past the proxy. */
    async function expectNothingHalf(bucket: string) {
      const store = await openStore(bucket, seaweedfs.endpoint);
      const read = async (name: string) => Buffer.concat(await (await store.get(`${folder}/${name}`)).body.toArray());
      const json = async (name: string) => JSON.parse((await read(name)).toString('utf8'));
      const versions = await versionsIn(store);
      // The notes of requests that were sent stay, whatever became of them.
      const names = versions
        .map(({ key }) => key.slice(folder.length + 1))
        .filter((name) => !name.startsWith('provider-sent.'));
      const media = versions.filter(({ key }) => key.endsWith('/media.wav'));
      for (const { bytes } of media) expect(bytes).toBe(audio.length);
      if (media.length > 0) expect(sha256Of(await read('media.wav'))).toBe(audioSha256);
      if (names.includes('manifest.json')) expect((await json('manifest.json')).media.sha256).toBe(audioSha256);
      if (names.includes('transcript.json')) expect((await json('transcript.json')).audio.sha256).toBe(audioSha256);
      expect(await uploads(bucket)).toEqual([]);
      return names;
    }

    async function expectDone({ bucket, published, deepgram }: Awaited<ReturnType<typeof prepare>>) {
      const names = await expectNothingHalf(bucket);
      for (const name of EVIDENCE) expect(names.filter((each) => each === name)).toEqual([name]);
      expect([...new Set(names)]).toEqual([
        'manifest.json',
        'media.wav',
        'provider-request.json',
        'provider-response.json',
        'transcript.json',
        'transcript.srt',
        'transcript.txt',
        'transcript.vtt',
        'waveform.json',
      ]);
      const last = published.slice(-2).map(({ type }) => type);
      expect(last).toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
      expect(new Set(deepgram.paid)).toEqual(new Set([audioSha256]));
    }

    it.each<[string, number, Step, Fault, number]>([
      ['answers 500 to a part', 1, step.part, answer(500, 'InternalError'), 1],
      ['answers 500 to a part again and again', 2, step.part, answer(500, 'InternalError'), ATTEMPTS],
      ['answers 503 SlowDown to the start of the upload', 2, step.start, answer(503, 'SlowDown'), ATTEMPTS],
      ['answers 503 SlowDown when it is asked for the manifest', 2, step.lookup, answer(503, 'SlowDown'), ATTEMPTS],
      ['breaks the connection in a part', 1, step.part, { kind: 'reset' }, 1],
      ['does not answer a part in time', 1, step.part, { kind: 'hold', until: never }, 1],
      ['answers no try of a part in time', 2, step.part, { kind: 'hold', until: never }, ATTEMPTS],
      ['hides an error inside a 200 for the completion', 1, step.completion, answer(200, 'InternalError'), 1],
      ['hides an error inside each 200', 2, step.completion, answer(200, 'InternalError'), ATTEMPTS],
      ['answers another ETag than that of the part', 2, step.part, wrong('etag', `"${'0'.repeat(32)}"`), 1],
      ['answers another checksum than that of the part', 2, step.part, wrong('x-amz-checksum-crc32', 'AAAAAA=='), 1],
      ['completes, and its answer is lost', 1, step.completion, { kind: 'lose-answer' }, 1],
      ['completes, and each of its answers is lost', 2, step.completion, { kind: 'lose-answer' }, ATTEMPTS],
      ['takes the manifest, and its answer is lost', 1, step.manifest, { kind: 'lose-answer' }, 1],
      ['takes the manifest, and each of its answers is lost', 1, step.manifest, { kind: 'lose-answer' }, ATTEMPTS],
      ['answers 503 to the transcript', 2, step.transcript, answer(503, 'SlowDown'), ATTEMPTS],
      ['refuses with AccessDenied until somebody allows it', 4, step.any, answer(403, 'AccessDenied'), 3],
    ])('%s, is done in %i attempt(s)', async (_fault, attempts, isAt, fault, count) => {
      const prepared = await prepare();
      const seen = spoil(isAt, fault, count);
      const outcome = await prepared.run();
      expect(outcome.reason).toBeUndefined();
      expect(outcome.attempts).toBe(attempts);
      expect(seen.met).toBe(count);
      await expectDone(prepared);
    });

    it('breaks off while the audio is read for the provider, is done in 2 attempts', async () => {
      const prepared = await prepare({ lagBytesMax: 1 });
      const seen = spoil(step.audio, { kind: 'cut-answer', afterBytes: 1_000_000 }, 1);
      expect(await prepared.run()).toMatchObject({ attempts: 2 });
      expect(seen.met).toBe(1);
      await expectDone(prepared);
      expect(prepared.deepgram.paid).toHaveLength(1);
    });

    it.each<[string, Step, Fault, RegExp]>([
      [
        'refuses with AccessDenied for ever',
        step.any,
        answer(403, 'AccessDenied'),
        /the server answered 403. Check the credentials/,
      ],
      ['answers 500 to a part for ever', step.part, answer(500, 'InternalError'), /part 2 of .*InternalError/],
      [
        'hides an error inside a 200 for ever',
        step.completion,
        answer(200, 'InternalError'),
        /completion of .*InternalError/,
      ],
    ])('%s, is a dead letter, and nothing of it is there', async (_fault, isAt, fault, reason) => {
      const prepared = await prepare();
      spoil(isAt, fault, EVER);
      const outcome = await prepared.run();
      expect(outcome).toMatchObject({ attempts: maxAttempts, reason: expect.stringMatching(reason) });
      expect(await expectNothingHalf(prepared.bucket)).toEqual([]);
      expect(prepared.published).toEqual([]);
    });

    it('lost its bucket, is a dead letter that says so', async () => {
      const prepared = await prepare();
      await client.send(new DeleteBucketCommand({ Bucket: prepared.bucket }));
      const outcome = await prepared.run();
      const reason = expect.stringMatching(/there is no such bucket. Create it, or correct RECORDINGS_BUCKET/);
      expect(outcome).toMatchObject({ attempts: maxAttempts, reason });
      expect([prepared.published, prepared.deepgram.paid]).toEqual([[], []]);
    });

    it('is away from the middle of an upload on, is done when it is back, and the sweep finds what was left', async () => {
      const prepared = await prepare();
      let isAway = false;
      proxy.onRequest = (request) => {
        isAway ||= step.part(request);
        return isAway ? answer(503, 'ServiceUnavailable') : undefined;
      };
      const { attempts } = await prepared.run(async () => {
        expect(await uploads(prepared.bucket)).toEqual([`${folder}/media.wav`]);
        proxy.onRequest = () => undefined;
      });
      expect(attempts).toBe(2);
      await openStore(prepared.bucket, seaweedfs.endpoint, { sweepEveryMs: 20, staleUploadMs: 1 });
      await vi.waitFor(async () => expect(await uploads(prepared.bucket)).toEqual([]));
      await expectDone(prepared);
    });
  }),
);
