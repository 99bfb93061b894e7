import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@onrecord/retention/config';
import { startRetention } from '@onrecord/retention/service';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { TOPICS } from '@onrecord/shared/events';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';
import { ACCOUNT, newSid } from './facts.ts';
import { runOnrecord } from './onrecord-process.ts';

const TOKEN = 'a-token-of-the-test';
const logger = createLogger({ service: 'test', level: 'silent' });
const EVENTS = { EVENTS_PARTITIONS: '2' };

let database: Awaited<ReturnType<typeof createDatabase>>;
let folder: string;
let service: Service;
let log: EventLog;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-settled-'));
  database = await createDatabase(requireServer('postgres').url);
  const config = readConfig({
    ...EVENTS,
    DATABASE_URL: database.url,
    EVENTS_URL: database.url,
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
  service = await startRetention(config, { logger });
  log = await openEventLog({ ...config.eventLog, clientId: 'test', logger });
});
afterAll(async () => {
  await service?.stop();
  await log?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Something that no version handles comes in, and becomes a dead letter. */
async function bury(headers: Record<string, string>): Promise<string> {
  const key = newSid('RE');
  await log.append([
    { topic: TOPICS.telephony, key, value: Buffer.from('{}'), headers: { ...headers, ce_subject: key } },
  ]);
  const found = async () =>
    JSON.parse((await run('dead-letters --json')).out).find((each: { key: string }) => each.key === key);
  await vi.waitFor(async () => expect(await found()).toBeDefined());
  return (await found()).id;
}

const eventOf = (account: string) => ({
  ...{ ce_specversion: '1.0', ce_id: 'of-the-future', ce_source: `/accounts/${account}` },
  ...{ ce_type: 'onrecord.of-the-future.v9', ce_time: '2026-03-01T10:00:00Z', 'content-type': 'application/json' },
});

const run = (line: string, more: Record<string, string> = {}) =>
  runOnrecord(line.split(' '), { ...EVENTS, EVENTS_URL: database.url, ...more });

async function onRecord(): Promise<Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = `${service.addresses.records}/v1/audit-entries?kind=dead-letter.settled`;
  const { entries } = (await (await fetch(url, { headers })).json()) as {
    entries: { entry: Record<string, unknown> }[];
  };
  return entries.map(({ entry }) => entry);
}

// Whoever discarded a dead letter could never be asked about it once its topic had dropped both.
it('who had a dead letter handled again, and who put one aside, is in the audit log of its account', async () => {
  const [one, two] = [await bury(eventOf(ACCOUNT)), await bury(eventOf(ACCOUNT))];
  const [partition, offset] = two.split('/').slice(1).map(Number);
  expect(await run(`dead-letters replay ${one} --yes`)).toMatchObject({ status: 0, out: '1 replayed.\n' });
  expect(await run(`dead-letters discard ${two} --by ada --why mended-by-hand --yes`)).toMatchObject({ status: 0 });
  await vi.waitFor(async () => expect(await onRecord()).toHaveLength(2));
  const [replayed, discarded] = await onRecord();
  expect(replayed).toMatchObject({
    ...{ kind: 'dead-letter.settled', accountSid: ACCOUNT, details: { outcome: 'replayed' } },
    actor: { kind: 'operator', id: userInfo().username },
  });
  expect(discarded).toMatchObject({
    actor: { kind: 'operator', id: 'ada' },
    subject: { recordingSid: expect.stringMatching(/^RE/) },
    details: {
      ...{ outcome: 'discarded', reason: 'mended-by-hand', topic: TOPICS.telephony, partition, offset },
      event: { id: 'of-the-future', type: 'onrecord.of-the-future.v9' },
    },
  });
});

it('what does not say whose it is stays as it is until somebody answers for it', async () => {
  const before = (await onRecord()).length;
  const id = await bury({});
  const refused = await run(`dead-letters discard ${id} --why odd --yes`);
  expect(refused.err).toContain(`${id} does not say whose it is`);
  expect(refused.err).toContain('set TWILIO_ACCOUNT_SID');
  expect(await run(`dead-letters discard ${id} --why odd --yes`, { TWILIO_ACCOUNT_SID: ACCOUNT })).toMatchObject({
    status: 0,
  });
  await vi.waitFor(async () => expect(await onRecord()).toHaveLength(before + 1));
});
