/**
 * Relays of the source's WAVs in a process of their own, the way that `RelayTask.way` says. After its connections and the code have
 * been used once it is idle; what its memory rises to from there is the peak. The garbage collector is left alone.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { createDeepgram } from '@onrecord/transcriber/adapters/deepgram';
import { createTwilioMedia } from '@onrecord/transcriber/adapters/twilio-media';
import { type ProviderLeg, startProviderLeg } from '@onrecord/transcriber/relay/provider-leg';
import { type Beside, relayMedia } from '@onrecord/transcriber/relay/relay-media';
import { request } from 'undici';
import type { SeaweedFs } from '../servers/seaweedfs.ts';
import { pathOf, recordingOf } from './relay-source.ts';

export interface RelayTask {
  way: 'onrecord' | 'lib-storage';
  sourceUrl: string;
  s3: Omit<SeaweedFs, 'stop'>;
  bucket: string;
  key: string;
  /** Of each recording. */
  kib: number;
  /** Until the source begins to answer, in milliseconds. Default: none. */
  waitMs?: number;
  /** Recordings in all, and at a time. Default: one. */
  recordings?: number;
  concurrency?: number;
  /** A speech provider that gets the same bytes, and whether the relay is over when it has answered. */
  providerUrl?: string;
  isAnswerAwaited?: boolean;
}

export interface RelayMeasurement {
  seconds: number;
  cpuSeconds: number;
  peakMemoryMiB: number;
}

/** One way to move a WAV: into the object `key`, after `prepare` has used every connection and most of the code once. */
interface Relay {
  prepare(): Promise<void>;
  relay(key: string): Promise<void>;
}

const LIMITS = { connectTimeoutMs: 5_000, headersTimeoutMs: 30_000, bodyTimeoutMs: 30_000, redirectsMax: 0 };
/** As the transcriber has it by default. */
const LAG_BYTES_MAX = 8 * 1024 * 1024;

/** As the transcriber does it: the media checked to be WAV, measured, hashed, stored create-only. */
async function onrecord({ sourceUrl, s3, bucket, key, providerUrl, ...task }: RelayTask): Promise<Relay> {
  const { endpoint, region } = s3;
  const options = { kind: 's3', bucket, prefix: '', endpoint, region, credentials: s3, forcePathStyle: true } as const;
  const store = await openObjectStore(options);
  const authorization = `Basic ${btoa('AC1:secret')}`;
  const source = createTwilioMedia({ ...LIMITS, apiUrl: sourceUrl, authorization, now: () => new Date() });
  const legs: ProviderLeg[] = [];
  const beside = providerUrl === undefined ? undefined : sending(providerUrl, legs);
  const recording = { ...recordingOf(task.kib, task.waitMs), channels: 2, format: 'wav' } as const;
  return {
    prepare: async () => void (await store.put(`${key}.small`, Buffer.from('x'), { contentType: 'audio/wav' })),
    relay: async (to) => {
      const keys = { wav: to, mp3: `${to}.mp3` };
      await relayMedia(recording, keys, { source, store, beside }, new AbortController().signal);
      if (!task.isAnswerAwaited) return;
      for (const leg of legs)
        if ((await leg.outcome).kind !== 'answered') throw new Error('the provider did not answer');
    },
  };
}

/** The provider's side, as the transcriber starts it; what it answers is nobody's concern here. */
function sending(baseUrl: string, legs: ProviderLeg[]): Beside {
  const limits = { timeoutMs: 300_000, connectTimeoutMs: 5_000, answerBytesMax: 1_000_000, now: () => new Date() };
  const deepgram = createDeepgram({ name: 'simulator', baseUrl, apiKey: 'key', ...limits });
  const options = deepgram.optionsFor({}, 2);
  return ({ bytes }) => {
    const leg = startProviderLeg(LAG_BYTES_MAX, async (audio, signal) => ({
      ...(await deepgram.send({ audio, bytes, options, signal })),
      requests: [],
    }));
    legs.push(leg);
    return leg;
  };
}

/** The upload alone, with its defaults: nothing is checked, nothing is hashed for the caller. */
async function libStorage({ sourceUrl, s3, bucket, key, kib, waitMs }: RelayTask): Promise<Relay> {
  const { endpoint, region } = s3;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: s3 });
  const place = { Bucket: bucket, ContentType: 'audio/wav' };
  const upload = (Key: string, Body: ConstructorParameters<typeof Upload>[0]['params']['Body']) =>
    new Upload({ client, params: { ...place, Key, Body } }).done();
  const url = `${sourceUrl}${pathOf(recordingOf(kib, waitMs))}`;
  return {
    prepare: async () => void (await upload(`${key}.small`, Buffer.from('x'))),
    relay: async (to) => void (await upload(to, (await request(url)).body)),
  };
}

async function measure(task: RelayTask): Promise<RelayMeasurement> {
  const { prepare, relay } = await (task.way === 'onrecord' ? onrecord(task) : libStorage(task));
  await prepare();
  const idleBytes = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const keys = Array.from({ length: task.recordings ?? 1 }, (_, at) => (at === 0 ? task.key : `${task.key}.${at}`));
  const worker = async () => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) await relay(key);
  };
  await Promise.all(Array.from({ length: task.concurrency ?? 1 }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakBytes = process.resourceUsage().maxRSS * 1_024;
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMemoryMiB: (peakBytes - idleBytes) / 1_024 ** 2 };
}

if (import.meta.main) {
  process.once('message', async (task) => {
    const measured = await measure(task as RelayTask);
    process.send?.(measured, () => process.exit());
  });
}
