import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { serveHttp } from '@onrecord/shared/http/serve';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { recorded } from '@onrecord/simulator/testing/recorded';
import { type CallState, openAccountState } from '@onrecord/simulator/twilio/account-state';
import { twilioRest } from '@onrecord/simulator/twilio/rest';
import { createRestFaults } from '@onrecord/simulator/twilio/rest-faults';
import { onTestFinished } from 'vitest';
import { createTwilioLists } from '../adapters/twilio-lists.ts';
import type { Watermark } from '../domain/watermark.ts';
import { createHeardFacts, remembering } from '../reconcile/heard-facts.ts';
import { type Report, reconcileOnDemand } from '../reconcile/reconcile-on-demand.ts';
import { createReconciler } from '../reconcile/reconciler.ts';
import { ACCOUNT, sid, TOKEN } from './signed-request.ts';

export const NOW = new Date('2026-11-21T12:00:00Z');
export const FIRST_MS = 86_400_000;
export const before = (ms: number) => new Date(NOW.getTime() - ms).toISOString();
export const HOUR_MS = 3_600_000;

/** Twilio's lists over a real socket, and a reconciler whose publications and watermark are kept. */
export async function setup({ runMs = 60_000 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-reconciler-'));
  const state = await openAccountState(folder);
  const faults = createRestFaults();
  const credentials = { accountSid: ACCOUNT, authToken: TOKEN, apiKeys: {} };
  const asked: string[] = [];
  const app = twilioRest({ ...credentials, state, faults, apiUrl: () => 'https://api.twilio.com', now: () => NOW });
  const fetch = (request: Request) => {
    asked.push(decodeURIComponent(request.url));
    return app.fetch(request);
  };
  const server = await serveHttp({ fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
  onTestFinished(async () => {
    await server.close(0);
    await rm(folder, { recursive: true });
  });
  const published: OnrecordEvent[] = [];
  const told: string[] = [];
  const heard = createHeardFacts();
  const place: { watermark: Watermark; clock: Date; isAway: boolean } = { watermark: {}, clock: NOW, isAway: false };
  const lists = (token = TOKEN) =>
    createTwilioLists({
      apiUrl: server.url,
      accountSid: ACCOUNT,
      authToken: token,
      limits: { intervalMs: 0, backoffMs: 1, attemptsMax: 3 },
    });
  const options = {
    accountSid: ACCOUNT,
    lists: lists(),
    heard,
    publish: remembering(async (events) => {
      if (place.isAway) throw new Error('the log is away');
      published.push(...events);
    }, heard),
    reach: { overlapMs: HOUR_MS, firstMs: FIRST_MS },
    graceMs: 60_000,
    runMs,
    logger: createLogger({ service: 'ingest', level: 'silent' }),
    metrics: {
      reconciled: (kind: string) => void told.push(kind),
      reconciledUpTo: (at: Date) => void told.push(at.toISOString()),
      reconcileFailed: () => {},
    },
    now: () => place.clock,
  };
  const duty = {
    watermark: () => place.watermark,
    reach: async (reached: Watermark) => {
      place.watermark = { ...place.watermark, ...reached };
    },
    signal: new AbortController().signal,
  };
  const reconciler = (change: Partial<typeof options> = {}) => createReconciler({ ...options, ...change }, duty);
  const make = (change: Parameters<typeof recorded>[0] = {}) =>
    recorded({ accountSid: ACCOUNT, dateCreated: before(2 * HOUR_MS), dateUpdated: before(HOUR_MS), ...change });
  const onDemand = async (dryRun: boolean) => {
    const order = { since: new Date(before(FIRST_MS)), dryRun };
    const reports: Report[] = [];
    for await (const report of reconcileOnDemand(order, options, duty.signal)) reports.push(report);
    return reports;
  };
  return { onDemand, state, faults, asked, published, told, heard, place, lists, reconciler, make };
}

export const call = (digit: string, change: Partial<CallState> = {}): CallState => ({
  sid: sid('CA', digit),
  accountSid: ACCOUNT,
  parentCallSid: null,
  from: '+14155550101',
  to: '+14155550199',
  direction: 'outbound-api',
  status: 'completed',
  startTime: before(2 * HOUR_MS),
  endTime: before(HOUR_MS),
  duration: 9,
  dateCreated: before(2 * HOUR_MS),
  dateUpdated: before(HOUR_MS),
  ...change,
});
export const ids = (events: readonly OnrecordEvent[]) => events.map(({ id }) => id).sort();
