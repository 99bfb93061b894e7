/**
 * One relay of the source's WAV in a process of its own, the way that `RelayTask.way` says. After its connections and the code have
 * been used once it is idle; what its memory rises to from there is the peak. The garbage collector is left alone.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { createTwilioMedia } from '@onrecord/transcriber/adapters/twilio-media';
import { relayMedia } from '@onrecord/transcriber/relay/relay-media';
import { request } from 'undici';
import type { SeaweedFs } from '../servers/seaweedfs.ts';

export interface RelayTask {
  way: 'onrecord' | 'lib-storage';
  sourceUrl: string;
  s3: Omit<SeaweedFs, 'stop'>;
  bucket: string;
  key: string;
  partBytes?: number;
  partsInFlight?: number;
}

export interface RelayMeasurement {
  seconds: number;
  cpuSeconds: number;
  peakMemoryMiB: number;
}

/** One way to move the WAV: into the object `key`, after `prepare` has used every connection and most of the code once. */
interface Relay {
  prepare(): Promise<void>;
  relay(): Promise<void>;
}

const LIMITS = { connectTimeoutMs: 5_000, headersTimeoutMs: 30_000, bodyTimeoutMs: 30_000, redirectsMax: 0 };

/** As the transcriber does it: the media checked to be WAV, hashed, stored create-only. */
async function onrecord({ sourceUrl, s3, bucket, key, partBytes, partsInFlight }: RelayTask): Promise<Relay> {
  const { endpoint, region } = s3;
  const limits = { ...(partBytes && { partBytes }), ...(partsInFlight && { partsInFlight }) };
  const options = { kind: 's3', bucket, prefix: '', endpoint, region, credentials: s3, forcePathStyle: true } as const;
  const store = await openObjectStore({ ...options, ...limits });
  const credentials = { user: 'AC1', password: 'secret' };
  const source = createTwilioMedia({ ...LIMITS, apiUrl: sourceUrl, credentials, now: () => new Date() });
  const sids = { accountSid: `AC${'0'.repeat(32)}`, recordingSid: `RE${'0'.repeat(32)}` };
  const recording = { ...sids, channels: 2, format: 'wav' } as const;
  const keys = { wav: key, mp3: `${key}.mp3` };
  return {
    prepare: async () => void (await store.put(`${key}.small`, Buffer.from('x'), { contentType: 'audio/wav' })),
    relay: async () => void (await relayMedia(recording, keys, { source, store }, new AbortController().signal)),
  };
}

/** The upload alone, with its defaults: nothing is checked, nothing is hashed for the caller. */
async function libStorage({ sourceUrl, s3, bucket, key }: RelayTask): Promise<Relay> {
  const { endpoint, region } = s3;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: s3 });
  const place = { Bucket: bucket, ContentType: 'audio/wav' };
  const upload = (Key: string, Body: ConstructorParameters<typeof Upload>[0]['params']['Body']) =>
    new Upload({ client, params: { ...place, Key, Body } }).done();
  return {
    prepare: async () => void (await upload(`${key}.small`, Buffer.from('x'))),
    relay: async () => void (await upload(key, (await request(sourceUrl)).body)),
  };
}

async function measure(task: RelayTask): Promise<RelayMeasurement> {
  const { prepare, relay } = await (task.way === 'onrecord' ? onrecord(task) : libStorage(task));
  await prepare();
  const idleBytes = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await relay();
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
