import type { OnrecordEvent } from '@onrecord/shared/events';
import { ObjectExistsError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { callbackKeys } from '@onrecord/shared/transcription/callback-objects';
import { readTranscriptionCallback } from '@onrecord/shared/transcription/callback-token';
import { type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { onTestFinished } from 'vitest';
import { createDeepgram } from '../adapters/deepgram.ts';
import { type ArchivedOptions, askArchived } from '../adapters/deepgram-archived.ts';
import { bodyOf, serve } from './http-server.ts';
import { accountSid, openPipeline, startTwilio } from './pipeline.ts';

export const secret = 'a-secret-of-thirty-two-characters';

/** Deepgram's look-alike; its pauses pass a thousand times as fast. */
export async function startSimulatedDeepgram(): Promise<Simulator> {
  const simulator = await startSimulator({
    accountSid,
    authToken: 't',
    publicBaseUrl: 'http://localhost:1',
    speed: 1_000,
  });
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** What ingest does with a callback, for tests of what becomes of it here; ingest itself is in test/conformance. */
export async function startReceiver(store: ObjectStore) {
  const statuses: number[] = [];
  const { url } = await serve(async (request, response) => {
    const token = request.url?.split('/').at(-1) ?? '';
    const reading = readTranscriptionCallback(token, request.headers.authorization, { secret, now: new Date() });
    const body = await bodyOf(request);
    const status = 'refusal' in reading ? 403 : 204;
    if ('subject' in reading) {
      const { answer } = callbackKeys(reading.subject);
      await store.put(answer, body, { contentType: 'application/json', createOnly: true }).catch(ignoreExisting);
    }
    statuses.push(status);
    response.writeHead(status).end();
  });
  return { url, statuses };
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof ObjectExistsError)) throw error;
}

interface Worker extends Partial<Pick<ArchivedOptions, 'callback' | 'presigned' | 'now' | 'timeoutMs'>> {
  store: ObjectStore;
  deepgramUrl: string;
  requestTimeoutMs?: number;
}

/** A transcriber that asks Deepgram about archived audio; several may share a store. */
export async function startWorker({ deepgramUrl, requestTimeoutMs = 10_000, store, ...ways }: Worker) {
  const twilio = await startTwilio();
  const now = ways.now ?? (() => new Date());
  const deepgram = createDeepgram({
    name: 'simulator',
    baseUrl: deepgramUrl,
    apiKey: 'key',
    timeoutMs: requestTimeoutMs,
    connectTimeoutMs: 5_000,
    answerBytesMax: 10_000_000,
    now,
  });
  onTestFinished(() => deepgram.close());
  const provider = askArchived(deepgram, {
    store,
    callback: ways.callback,
    presigned: ways.presigned ?? false,
    timeoutMs: ways.timeoutMs ?? 10_000,
    now,
  });
  const published: OnrecordEvent[] = [];
  const { run, registry } = openPipeline({ twilioUrl: twilio.url, deepgramUrl, store, published, provider });
  /** Seconds that may have been charged for although their answer was lost. */
  const uncertainSeconds = async () =>
    Number(/^onrecord_transcriber_uncertain_seconds_total\{[^}]*\} (\S+)$/m.exec(await registry.metrics())?.[1] ?? 0);
  return { run, published, uncertainSeconds };
}
