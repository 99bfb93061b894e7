import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@onrecord/retention/config';
import { startRetention } from '@onrecord/retention/service';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createPublisher, type Publisher } from '@onrecord/shared/event-log/publisher';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { openPool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';
import { ACCOUNT, consentOf, joined, newSid, recordingCompleted } from './facts.ts';

const TOKEN = 'a-token-of-the-test';
/** Longer than a service takes to start on a busy machine: what is cleared in the end was withheld in between otherwise. */
const GRACE_PERIOD_S = 60;
const lines: Record<string, unknown>[] = [];
const logger = createLogger({
  service: 'retention',
  level: 'info',
  destination: { write: (line) => void lines.push(JSON.parse(line)) },
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let folder: string;
let environment: Record<string, string>;
let service: Service;
let log: EventLog;
let publisher: Publisher;
const decided: OnrecordEvent[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-retention-'));
  database = await createDatabase(requireServer('postgres').url);
  const { url } = database;
  environment = {
    DATABASE_URL: url,
    EVENTS_URL: url,
    EVENTS_PARTITIONS: '2',
    RECORDINGS_BUCKET: `file:${join(folder, 'recordings')}`,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_API_URL: 'http://127.0.0.1:1',
    RECORDS_API_TOKEN: TOKEN,
    PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
    PORT: '0',
    METRICS_PORT: '0',
    CONSENT_GRACE_PERIOD: `${GRACE_PERIOD_S}s`,
    CONFERENCE_SETTLE_PERIOD: '1s',
    SWEEP_INTERVAL: '100ms',
    SHUTDOWN_TIMEOUT: '5s',
  };
  service = await startRetention(readConfig(environment), { logger });
  log = await openEventLog({ ...readConfig(environment).eventLog, clientId: 'test', logger });
  publisher = createPublisher(log);
  await collectDecisions();
});
afterAll(async () => {
  await publisher?.close();
  await service?.stop();
  await log?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** What the transcriber would be told. */
async function collectDecisions(): Promise<void> {
  await log.subscribe({
    group: 'test',
    topics: [TOPICS.decisions],
    listener: {
      onRecords: (records) => void decided.push(...records.map(fromRecord)),
      onRevoking: async () => undefined,
      onFailure: () => undefined,
    },
  });
}

const get = async (path: string) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return (await fetch(`${service.addresses.records}${path}`, { headers })).json() as Promise<Record<string, unknown>>;
};

/** A recording that Twilio reported so many seconds ago, when its grace period began. */
const reported = (sid: string, place: { callSid?: string; conferenceSid?: string }, secondsAgo = 0): OnrecordEvent => ({
  ...recordingCompleted(sid, place),
  time: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
});

const decisionsOn = (sid: string) =>
  decided.filter((event) => event.subject === sid).map((event) => event.type.split('.')[2]);

describe('retention as a service', () => {
  it('turns facts into decisions on the log, whatever their order and however often they come', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    const facts = [reported(sid, { callSid }), consentOf({ callSid }, 'granted')] as const;
    await publisher.publish([...facts, ...facts.toReversed(), ...facts]);
    await vi.waitFor(() => expect(decisionsOn(sid)).toEqual(['cleared']));
    expect(await get(`/v1/recordings/${sid}`)).toMatchObject({ state: 'cleared' });
  });

  it('withholds on its own when the grace period is over, and releases by a consent over HTTP', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    await publisher.publish([reported(sid, { callSid }, GRACE_PERIOD_S - 3)]);
    await vi.waitFor(() => expect(decisionsOn(sid)).toEqual(['withheld']));
    await fetch(`${service.addresses.records}/v1/consents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ callSid, party: 'caller', outcome: 'granted' }),
    });
    await vi.waitFor(() => expect(decisionsOn(sid)).toEqual(['withheld', 'cleared']));
    const { consents } = await get(`/v1/recordings/${sid}`);
    expect(consents).toHaveLength(1);
  });

  it('clears a conference on its own once it has settled', async () => {
    const [conferenceSid, callSid, sid] = [newSid('CF'), newSid('CA'), newSid('RE')];
    const completed = reported(sid, { conferenceSid });
    await publisher.publish([joined(conferenceSid, callSid), consentOf({ callSid }, 'granted'), completed]);
    await vi.waitFor(() => expect(decisionsOn(sid)).toEqual(['cleared']));
    const settled = lines.filter((line) => line.recordingSid === sid && line.rule === 'every-participant-agrees');
    expect(settled).toHaveLength(1);
  });

  it('logs each decision with its reason, and no number', async () => {
    const withheld = lines.find((line) => line.outcome === 'withheld');
    expect(withheld).toMatchObject({
      msg: 'recording withheld',
      rule: 'consent-unknown-after-grace-period',
      reason: expect.stringContaining('agreement to recording'),
      policy: 'built-in v1',
    });
    expect(JSON.stringify(lines)).not.toContain('+14155550100');
  });

  it('counts decisions and shows what waits', async () => {
    const metrics = await (await fetch(`${service.addresses.metrics}/metrics`)).text();
    expect(metrics).toMatch(/onrecord_decisions_total\{outcome="cleared".*\} \d/);
    expect(metrics).toMatch(/onrecord_recordings\{state="withheld".*\} \d/);
    expect(metrics).toContain('onrecord_sweep_overdue_seconds');
  });

  it('is ready when the database, the log and the store are', async () => {
    const answer = await fetch(`${service.addresses.records}/readyz`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('takes up where it stopped', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    await service.stop();
    await publisher.publish([reported(sid, { callSid }), consentOf({ callSid }, 'granted')]);
    service = await startRetention(readConfig(environment), { logger });
    await vi.waitFor(() => expect(decisionsOn(sid)).toEqual(['cleared']));
  });

  // A process that was an hour ahead was the last one started for that hour, whoever was started after it.
  it('puts its start down by the clock of the database', async () => {
    await service.stop();
    const [pool, before] = [openPool({ url: database.url, max: 1, applicationName: 'test', logger }), Date.now()];
    const startedAt = async () => (await pool.query('select started_at from ledger.planning')).rows[0].started_at;
    const clock = () => new Date(Date.now() + 3_600_000);
    service = await startRetention(readConfig({ ...environment, RETENTION_PERIOD: '40d' }), { logger, clock });
    await vi.waitFor(async () => expect((await startedAt()).getTime()).toBeGreaterThanOrEqual(before));
    expect((await startedAt()).getTime()).toBeLessThan(Date.now() + 1);
    await pool.end();
  });

  it('names every bad setting at once', () => {
    const bad = { ...environment, RECORDS_API_TOKEN: 'short', CONSENT_GRACE_PERIOD: 'soon', TWILIO_ACCOUNT_SID: 'x' };
    for (const name of ['RECORDS_API_TOKEN', 'CONSENT_GRACE_PERIOD', 'TWILIO_ACCOUNT_SID']) {
      expect(() => readConfig(bad)).toThrow(name);
    }
    expect(() => readConfig(bad)).not.toThrow(/"short"/);
  });
});
