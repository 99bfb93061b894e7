import { randomBytes } from 'node:crypto';
import { readConfig } from '@onrecord/ingest/config';
import { startIngest } from '@onrecord/ingest/service';
import { openEventLog } from '@onrecord/shared/event-log/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess } from '../end-to-end/service-process.ts';
import { describeWith } from '../servers/available.ts';
import { freePorts } from '../servers/free-ports.ts';
import { type Kafka, startKafka } from '../servers/kafka.ts';
import { createDatabase } from '../servers/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts';
import { eventually, Reader, unique } from './event-log-support.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const TOKEN = 'the-auth-token';
const BASE = 'https://calls.example.com';
const PATH = '/webhooks/recording';
/** Clients that send one callback after the other. */
const CLIENTS = 32;
/** Callbacks that are answered before ingest is told to stop: it is in the middle of its work then. */
const ANSWERED_BEFORE = 500;
const ROUNDS = 3;

const environment = (eventsUrl: string, more: Record<string, string> = {}) => ({
  EVENTS_URL: eventsUrl,
  EVENTS_PARTITIONS: '3',
  EVENTS_REPLICATION_FACTOR: '1',
  EVENTS_MIN_INSYNC_REPLICAS: '1',
  TWILIO_ACCOUNT_SID: ACCOUNT,
  TWILIO_AUTH_TOKEN: TOKEN,
  PUBLIC_BASE_URL: BASE,
  LISTEN_HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  RECONCILE_INTERVAL: '0s',
  LOG_LEVEL: 'warn',
  ...more,
});

/** Reports a recording of its own as Twilio does. Its SID and the answer's status; no status where the connection was cut. */
async function report(at: string): Promise<{ sid: string; status?: number }> {
  const sid = `RE${randomBytes(16).toString('hex')}`;
  const parameters = {
    AccountSid: ACCOUNT,
    CallSid: sid.replace('RE', 'CA'),
    RecordingSid: sid,
    RecordingStatus: 'completed',
  };
  const signature = webhooks.getExpectedTwilioSignature(TOKEN, `${BASE}${PATH}`, parameters);
  const headers = { 'x-twilio-signature': signature };
  try {
    const { status } = await fetch(`${at}${PATH}`, { method: 'POST', headers, body: new URLSearchParams(parameters) });
    return { sid, status };
  } catch {
    return { sid };
  }
}

/** Waits until the log has all of these recordings. */
async function expectStored(eventsUrl: string, sids: readonly string[]): Promise<void> {
  const config = readConfig(environment(eventsUrl));
  const log = await openEventLog({
    ...config.eventLog,
    clientId: 'test',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  try {
    const reader = await Reader.join(log, { group: unique('group'), topics: ['onrecord.telephony'] });
    const stored = new Set<string>();
    let seen = 0;
    await eventually(() => {
      for (const text of reader.texts.slice(seen)) stored.add(JSON.parse(text).recordingSid);
      seen = reader.records.length;
      return sids.every((sid) => stored.has(sid));
    });
    await reader.subscription.close();
  } finally {
    await log.close();
  }
}

/** The real process, again and again loaded from all sides and told to stop in the middle of it. */
async function stopUnderLoad(eventsUrl: string): Promise<void> {
  const [port, metricsPort] = await freePorts(2);
  const at = `http://127.0.0.1:${port}`;
  const ports = { PORT: String(port), METRICS_PORT: String(metricsPort) };
  const ingest = new ServiceProcess('services/ingest', environment(eventsUrl, ports), `${at}/readyz`);
  const acknowledged: string[] = [];
  const others = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    await ingest.start();
    const enough = acknowledged.length + ANSWERED_BEFORE;
    const loaded = Promise.withResolvers<void>();
    const client = async () => {
      for (;;) {
        const { sid, status } = await report(at);
        if (status === undefined) return;
        if (status === 204) acknowledged.push(sid);
        else others.add(status);
        if (acknowledged.length > enough) loaded.resolve();
      }
    };
    const load = Promise.all(Array.from({ length: CLIENTS }, client));
    await loaded.promise;
    expect(await ingest.stop(), ingest.log()).toBe(0);
    await load;
  }
  expect([...others]).toEqual([]);
  await expectStored(eventsUrl, acknowledged);
}

const LOSES_NOTHING =
  'what was answered 204 is in the log although the process was told to stop in the middle of the load';

describeWith('postgres', (server) => {
  test(LOSES_NOTHING, async () => {
    const database = await createDatabase(server.url);
    await stopUnderLoad(database.url);
    await database.drop();
  });
});

describeWith('kafka', () => {
  let kafka: Kafka;
  let proxy: TcpProxy;
  let url: string;
  beforeAll(async () => {
    let port = 0;
    proxy = await startTcpProxy(() => port);
    kafka = await startKafka({ properties: [`advertised.listeners=CLIENTS://127.0.0.1:${proxy.port}`] });
    port = kafka.place.port;
    url = `kafka://127.0.0.1:${proxy.port}`;
  });
  afterAll(async () => {
    await proxy.stop();
    await kafka.stop();
  });

  test(LOSES_NOTHING, () => stopUnderLoad(url), 120_000);

  // An idempotent producer that has lost an answer is of no use any more: the next callback needs a new one.
  test('503 while the broker does not answer, and 204 again as soon as it does', async () => {
    const config = readConfig(environment(url, { PUBLISH_TIMEOUT: '1s' }));
    const ingest = await startIngest(config, { logger: createLogger({ service: 'ingest', level: 'silent' }) });
    const at = ingest.addresses.callbacks ?? '';
    const acknowledged: string[] = [];
    const reportOnce = async () => {
      const { sid, status } = await report(at);
      if (status === 204) acknowledged.push(sid);
      return status;
    };
    expect(await reportOnce()).toBe(204);
    for (let outage = 0; outage < 2; outage += 1) {
      proxy.loseAnswers = true;
      // While the answers are still lost: nothing else ends this wait.
      expect(await Promise.all(Array.from({ length: 8 }, reportOnce))).toEqual(Array(8).fill(503));
      proxy.loseAnswers = false;
      if (outage === 1) proxy.cut();
      await expect.poll(reportOnce).toBe(204);
    }
    await ingest.stop();
    await expectStored(url, acknowledged);
  }, 120_000);
});
