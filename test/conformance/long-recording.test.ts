import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { topicSpecs } from '@onrecord/shared/event-log/topics';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { fromRecord, toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { startSimulator } from '@onrecord/simulator/simulator';
import { readConfig } from '@onrecord/transcriber/config';
import { startTranscriber } from '@onrecord/transcriber/service';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve } from '../../services/transcriber/src/testing/http-server.ts';
import { accountSid, cleared, openTestStore, recordingAudio } from '../../services/transcriber/src/testing/pipeline.ts';
import { wav } from '../../services/transcriber/src/testing/wav.ts';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { eventually, Reader, unique } from './event-log-support.ts';
import { type MemberPlace, openPlace } from './member-process.ts';

/** A recording of four hours on its way through two transcribers, each with room for two, on a real log: sessions end long before it. */
const SESSION_TIMEOUT_MS = 4_000;
const HOURS_4 = 4 * 3_600;
const LONG = `RE${'f'.repeat(32)}`;
const SHORT = Array.from({ length: 20 }, (_, number) => `RE${number.toString(16).padStart(32, '0')}`);
const logger = createLogger({ service: 'conformance', level: 'silent' });
const topics = topicSpecs({
  partitions: 4,
  replicationFactor: 1,
  minInSyncReplicas: 1,
  retentionMs: 3_600_000,
  retryPolicy: DEFAULT_RETRY_POLICY,
});

function longRecordingSuite(placeOf: () => MemberPlace) {
  async function openLog(): Promise<EventLog> {
    const log = await openPlace(placeOf());
    onTestFinished(() => log.close());
    return log;
  }

  /** Serves the long one's first bytes, and the rest when it is let go. */
  async function startTwilio() {
    const audio = wav({ seconds: HOURS_4 });
    const letGo = Promise.withResolvers<void>();
    const { url, requests } = await serve(async (request, response) => {
      const isLong = request.url?.includes(LONG);
      const body = isLong ? audio : recordingAudio;
      response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': body.length });
      if (!isLong) return void response.end(body);
      response.write(body.subarray(0, 1_000_000));
      await letGo.promise;
      response.end(body.subarray(1_000_000));
    });
    const asked = (sid: string) => requests.filter((request) => request.url?.includes(sid)).length;
    return { url, asked, letGo: letGo.resolve };
  }

  async function startDeepgram() {
    const application = await serve((_request, response) => response.end());
    const speechCacheDir = join(tmpdir(), 'onrecord-test-speech');
    const account = { accountSid, authToken: 'token', publicBaseUrl: application.url };
    const simulator = await startSimulator({ ...account, speechCacheDir, speed: 1_000 });
    onTestFinished(() => simulator.stop());
    return simulator;
  }

  it('holds up no short one, and stays with the worker that has it, however long it takes', {
    timeout: 120_000,
  }, async () => {
    const [twilio, deepgram, log] = [await startTwilio(), await startDeepgram(), await openLog()];
    await log.ensureTopics(topics);
    const { store } = await openTestStore();
    const media = await Reader.join(log, { group: unique('media'), topics: [TOPICS.media] });
    onTestFinished(() => media.subscription.close());
    const finished = () => {
      const events = media.records.map((record) => fromRecord(record) as OnrecordEvent);
      return events.filter(({ type }) => type.includes('transcript.completed')).map(({ subject }) => subject);
    };
    const start = async () => {
      const config = readConfig({
        EVENTS_URL: 'postgres://localhost/unused',
        RECORDINGS_BUCKET: 'file:./unused',
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: 'token',
        TWILIO_API_URL: twilio.url,
        TRANSCRIPTION_PROVIDER: 'simulator',
        TRANSCRIPTION_URL: deepgram.url,
        RELAY_CONCURRENCY: '2',
        METRICS_PORT: '0',
      });
      const service = await startTranscriber(config, { eventLog: await openLog(), objectStore: store, logger });
      onTestFinished(() => service.stop());
      return service;
    };
    const first = [await start(), await start()];
    const publish = (recordingSid: string, recording: object = {}) =>
      log.append([toRecord(cleared({ recordingSid, recording: { startedAt: '2026-11-21T11:00:00Z', ...recording } }))]);

    await publish(LONG, { channels: 1, durationSeconds: HOURS_4 });
    await eventually(() => twilio.asked(LONG) === 1);
    const beganAt = Date.now();
    for (const recordingSid of SHORT) await publish(recordingSid, { channels: 2, durationSeconds: 2 });
    await eventually(() => finished().length === SHORT.length);
    expect(finished().sort()).toEqual(SHORT);
    await vi.waitUntil(() => Date.now() - beganAt > 2 * SESSION_TIMEOUT_MS, { timeout: 60_000, interval: 50 });
    expect(twilio.asked(LONG)).toBe(1);

    twilio.letGo();
    await eventually(() => finished().includes(LONG));
    await Promise.all(first.map((service) => service.stop()));
    await start();
    await publish(SHORT[0] ?? '');
    await eventually(() => finished().length > SHORT.length + 1);
    expect([LONG, ...SHORT].map(twilio.asked)).toEqual([1, ...SHORT.map(() => 1)]);
    expect(deepgram.deepgram.requests.filter(({ outcome }) => outcome === 'answered')).toHaveLength(SHORT.length + 1);
  });
}

describeWith('kafka', ({ url }) => {
  const limits = { sessionTimeoutMs: SESSION_TIMEOUT_MS, heartbeatIntervalMs: 500 };
  describe('a recording of four hours', () => longRecordingSuite(() => ({ kind: 'kafka', url, limits })));
});

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(server.url);
  });
  afterAll(() => database?.drop());
  const limits = { heartbeatIntervalMs: 300, leaseMs: SESSION_TIMEOUT_MS, sessionGraceMs: 1_000 };
  describe('a recording of four hours', () =>
    longRecordingSuite(() => ({ kind: 'postgres', url: database.url, limits })));
});
