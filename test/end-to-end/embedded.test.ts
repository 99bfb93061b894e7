import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { startTcpProxy } from '../servers/tcp-proxy.ts';
import { accountsSuite } from './accounts-suite.ts';
import { answersSuite } from './answers-suite.ts';
import { callsSuite } from './calls-suite.ts';
import { crashSuite } from './crash-suite.ts';
import { messagesSuite } from './messages-suite.ts';
import { outageSuite } from './outage-suite.ts';
import { reconcileSuite } from './reconcile-suite.ts';

/** Nothing listens there. */
const CLOSED_PORT = 1;
/** A broker's restart that went badly; the ledger is there meanwhile. */
const OUTAGE_MS = 60_000;

/** Events and ledger in one Postgres, recordings in a folder: what `start` uses. */
describeWith('postgres', (postgres) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onrecord-recordings-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const backends = async () => {
    const { url } = await createDatabase(postgres.url);
    return { EVENTS_URL: url, DATABASE_URL: url, RECORDINGS_BUCKET: `file://${await mkdtemp(join(folder, 'store-'))}` };
  };
  describe('calls on embedded adapters', () => callsSuite(backends));
  describe('two accounts on embedded adapters', () => accountsSuite(backends));
  describe('answers that are called back, on embedded adapters', () => answersSuite(backends));
  describe('lost callbacks on embedded adapters', () => reconcileSuite(backends));
  describe('text messages on embedded adapters', () => messagesSuite(backends));
  describe('an outage on embedded adapters', () =>
    outageSuite(async () => {
      const given = await backends();
      let isAway = false;
      const { port } = new URL(given.EVENTS_URL);
      const cable = await startTcpProxy(() => (isAway ? CLOSED_PORT : Number(port)));
      const behind = new URL(given.EVENTS_URL);
      behind.port = String(cable.port);
      return {
        backends: { ...given, EVENTS_URL: behind.href },
        outageMs: OUTAGE_MS,
        takeAway: async () => {
          isAway = true;
          cable.cut();
        },
        giveBack: async () => {
          isAway = false;
        },
        stop: cable.stop,
      };
    }));
  describe('crashes on embedded adapters', () => crashSuite(backends));
});
