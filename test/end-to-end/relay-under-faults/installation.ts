import { randomBytes } from 'node:crypto';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { S3StoreOptions } from '@onrecord/shared/object-store/options';
import { onTestFinished } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createBucket } from '../../servers/buckets.ts';
import { startFaultProxy } from '../../servers/fault-proxy.ts';
import { freePorts } from '../../servers/free-ports.ts';
import { createDatabase } from '../../servers/postgres.ts';
import { ServiceProcess } from '../service-process.ts';
import type { FaultPlan } from './fault-plan.ts';
import { openMediaLog } from './media-log.ts';
import { startMediaServer } from './media-server.ts';
import type { SeededRecording } from './recordings.ts';
import { startSpeechServer } from './speech-server.ts';
import { storeFaults } from './store-faults.ts';

const AUTH_TOKEN = 'token';
const PARTITIONS = 8;

const SETTINGS = {
  EVENTS_PARTITIONS: String(PARTITIONS),
  // What a worker is working on when it is killed: enough to keep two cores busy, no more.
  RELAY_CONCURRENCY: '6',
  // S3's smallest, so that as many recordings as can be are uploads of several parts.
  S3_PART_BYTES: String(5 * 1024 * 1024),
  S3_FORCE_PATH_STYLE: 'true',
  // Shorter than the defaults, because the test waits for what is silent; longer than a busy machine keeps anybody waiting.
  MEDIA_BODY_TIMEOUT: '10s',
  TRANSCRIPTION_TIMEOUT: '30s',
  TRANSCRIPTION_PROVIDER: 'simulator',
  LISTEN_HOST: '127.0.0.1',
};

/** How the provider's answers come: each on its request's own connection, or by callback through ingest. */
export type AnswerWay = 'connection' | 'callback';

export type Installation = Awaited<ReturnType<typeof install>>;

/**
 * Transcribers, and ingest where answers are called back, as processes of their own, on the embedded event log, which takes a killed member's work up again after seconds, and S3.
 * Everything that they talk to but the log fails by the plan. It goes with the test.
 */
export async function install(
  recordings: readonly SeededRecording[],
  plan: FaultPlan,
  workerCount: number,
  way: AnswerWay,
) {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const seaweedfs = requireServer('s3');
  const accountSid = recordings[0]?.accountSid ?? '';
  const media = await startMediaServer(recordings, { user: accountSid, password: AUTH_TOKEN }, plan);
  stack.defer(media.stop);
  const speech = await startSpeechServer(plan);
  stack.defer(speech.stop);
  const proxy = await startFaultProxy(seaweedfs.endpoint);
  proxy.onRequest = storeFaults(plan);
  stack.defer(proxy.stop);
  const bucket = await createBucket(seaweedfs, { versioned: true });
  const database = await createDatabase(requireServer('postgres').url);
  stack.defer(database.drop);
  const log = await openMediaLog(database.url, PARTITIONS);
  stack.defer(log.close);

  const environment = {
    ...SETTINGS,
    EVENTS_URL: database.url,
    RECORDINGS_BUCKET: `s3://${bucket}`,
    S3_ENDPOINT: proxy.url,
    S3_REGION: seaweedfs.region,
    AWS_ACCESS_KEY_ID: seaweedfs.accessKeyId,
    AWS_SECRET_ACCESS_KEY: seaweedfs.secretAccessKey,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_URL: media.url,
  };
  const [ingestPort = 0, ingestMetrics = 0, ...ports] = await freePorts(2 + workerCount);
  if (way === 'callback') {
    Object.assign(environment, {
      PUBLIC_BASE_URL: `http://127.0.0.1:${ingestPort}`,
      TRANSCRIPTION_WEBHOOK_SECRET: randomBytes(32).toString('hex'),
    });
    const own = { PORT: String(ingestPort), METRICS_PORT: String(ingestMetrics) };
    const ready = `http://127.0.0.1:${ingestPort}/readyz`;
    const ingest = new ServiceProcess('services/ingest', { ...environment, ...own }, ready);
    stack.defer(async () => void (await ingest.stop()));
    await ingest.start();
    Object.assign(environment, { TRANSCRIPTION_CALLBACK: 'true' });
  }
  const workers = ports.map((port, index) => {
    const own = { TRANSCRIPTION_URL: `${speech.url}/${index}`, METRICS_PORT: String(port) };
    return new ServiceProcess('services/transcriber', { ...environment, ...own }, `http://127.0.0.1:${port}/readyz`);
  });
  stack.defer(async () => void (await Promise.all(workers.map((worker) => worker.stop()))));
  await Promise.all(workers.map((worker) => worker.start()));

  const { endpoint, region } = seaweedfs;
  const place = { kind: 's3', bucket, prefix: '', endpoint, region, forcePathStyle: true } as const;
  /** Past everything that fails. */
  const openStore = async (options: Partial<S3StoreOptions> = {}) => {
    const store = await openObjectStore({ ...place, credentials: seaweedfs, ...options });
    stack.defer(() => store.close());
    return store;
  };
  return { workers, media, speech, bucket, log, openStore };
}
