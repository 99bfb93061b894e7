import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@onrecord/retention/config';
import { startRetention } from '@onrecord/retention/service';
import { DEFAULT_RETRY_POLICY, deadLetterTopic, retryTopics } from '@onrecord/shared/event-log/failure-policy';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog, StoredRecord } from '@onrecord/shared/event-log/port';
import { createPublisher, type Publisher } from '@onrecord/shared/event-log/publisher';
import { TOPICS } from '@onrecord/shared/events';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts';
import { startStallingProxy } from '../stalling-proxy.ts';
import { ACCOUNT, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';

const TOKEN = 'a-token-of-the-test';
/** Nothing listens there. */
const CLOSED_PORT = 1;
const lines: Record<string, unknown>[] = [];
const write = (line: string) => void lines.push(JSON.parse(line));
const logger = createLogger({ service: 'retention', level: 'info', destination: { write } });

let database: Awaited<ReturnType<typeof createDatabase>>;
let cable: TcpProxy;
let stalling: Awaited<ReturnType<typeof startStallingProxy>>;
let pool: Pool;
let folder: string;
let service: Service;
let log: EventLog;
let publisher: Publisher;
/** What was moved to a retry or dead-letter topic. */
const moved: StoredRecord[] = [];

/** The database is behind two proxies, one that breaks connections and one that stalls them; the event log is not. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-outage-'));
  database = await createDatabase(requireServer('postgres').url);
  const { port } = new URL(database.url);
  cable = await startTcpProxy(() => (isCut ? CLOSED_PORT : Number(port)));
  const behind = new URL(database.url);
  behind.port = String(cable.port);
  stalling = await startStallingProxy(behind.href);
  const config = readConfig({
    DATABASE_URL: stalling.url,
    EVENTS_URL: database.url,
    EVENTS_PARTITIONS: '2',
    RECORDINGS_BUCKET: `file:${join(folder, 'recordings')}`,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_API_URL: 'http://127.0.0.1:1',
    RECORDS_API_TOKEN: TOKEN,
    PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
    PORT: '0',
    METRICS_PORT: '0',
    SHUTDOWN_TIMEOUT: '5s',
  });
  const timeouts = { connectionTimeoutMs: 5_000, answerTimeoutMs: 5_000 };
  pool = openPool({ url: stalling.url, max: 20, applicationName: 'outage-test', logger, ...timeouts });
  log = await openEventLog({ ...config.eventLog, clientId: 'test', logger });
  service = await startRetention(config, { logger, pool });
  publisher = createPublisher(log);
  await collectMoved();
});
afterAll(async () => {
  await publisher?.close();
  await service?.stop();
  await pool?.end();
  await log?.close();
  await stalling?.stop();
  await cable?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

let isCut = false;
const outages = {
  'refuses connections': {
    begin: () => {
      isCut = true;
      cable.cut();
    },
    end: () => {
      isCut = false;
    },
  },
  'answers nothing': { begin: () => stalling.stall(), end: () => stalling.heal() },
};

async function collectMoved(): Promise<void> {
  const { telephony } = TOPICS;
  await log.subscribe({
    group: 'test',
    topics: [...retryTopics(telephony, DEFAULT_RETRY_POLICY).map(({ name }) => name), deadLetterTopic(telephony)],
    listener: {
      onRecords: (records) => void moved.push(...records),
      onRevoking: async () => undefined,
      onFailure: () => undefined,
    },
  });
}

const messages = () => lines.map((line) => line.msg);
const ready = async () => (await fetch(`${service.addresses.records}/readyz`)).json();

/** The state, once retention has come so far. */
async function settled(sid: string, state: string): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${service.addresses.records}/v1/recordings/${sid}`, { headers });
      expect(await answer.json()).toMatchObject({ state });
    },
    { timeout: 40_000, interval: 200 },
  );
}

describe('retention while its database is away', () => {
  // A database restart of a minute sent every event through the retry topics, where later ones overtook them; a night of it made dead letters.
  it.each(Object.entries(outages))('keeps all events in their order when it %s', async (_, outage) => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    await publisher.publish([consentOf({ callSid }, 'granted')]);
    lines.length = 0;
    outage.begin();
    await publisher.publish([recordingCompleted(sid, { callSid }), legReported(newSid('CA'))]);
    await vi.waitFor(() => expect(messages()).toContain('the database is away; events wait for it in their order'));
    expect(await ready()).toEqual({ status: 'not ready', missing: ['database'] });
    outage.end();
    await settled(sid, 'cleared');
    await vi.waitFor(() => expect(messages()).toContain('the database is back'));
    await vi.waitFor(async () => expect(await ready()).toEqual({ status: 'ready' }));
    expect(moved).toEqual([]);
  });

  // What Postgres cannot hold, such as a number beyond its integers, was tried twelve times in eight hours before anybody was told.
  it('makes what the ledger cannot hold a dead letter at once', async () => {
    const callSid = newSid('CA');
    await publisher.publish([recordingCompleted(newSid('RE'), { callSid }, { channels: 2 ** 31 })]);
    await vi.waitFor(() => expect(moved).toHaveLength(1));
    expect(moved[0]).toMatchObject({
      topic: deadLetterTopic(TOPICS.telephony),
      key: callSid,
      headers: { 'onrecord-stage': 'ledger', 'onrecord-attempt': '1' },
    });
  });
});
