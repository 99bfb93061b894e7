import { replanRecordings } from '@onrecord/retention/clearance/replan-recordings';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { putPlanningSettings } from '@onrecord/retention/ledger/planning';
import { openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, legReported, newSid, recordingCompleted } from './facts.ts';
import { certification, policy, startLedger, type TestLedger } from './ledger.ts';

const builtIn = { ...policy, consentMode: 'by-rule' as const, goesByPlaces: true };
const CALIFORNIA = '+14155550177';

let test: TestLedger;
beforeAll(async () => {
  test = await startLedger(builtIn);
});
afterAll(() => test?.close());

/** A process that was started with a file of corrections. */
const withCorrections = (version: string) =>
  openLedger({
    ...{ ...test, pool: test.application, builtIn, certification },
    accounts: () => [ACCOUNT],
    ruleBook: ruleBook({
      version,
      regions: [{ jurisdictions: ['US-NY'], prefixes: [CALIFORNIA.slice(1)] }],
      lines: [],
    }),
    onPublish: () => undefined,
    onLater: () => undefined,
    onFailed: () => undefined,
  });

// What was withheld by a line that a user has corrected since stayed withheld until somebody said something.
it('what was judged by other rules is judged again by those of the present, once', async () => {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  await test.take(
    legReported(callSid, { direction: 'inbound', from: CALIFORNIA, to: '+12125550100' }),
    recordingCompleted(sid, { callSid }),
  );
  test.now = at(120);
  const context = { now: test.now, onDecision: () => undefined };
  await test.ledger.changeDue('review', test.now, 10, () => undefined);
  expect((await test.reader.find(ACCOUNT, sid))?.state).toBe('waiting');
  expect(await replanRecordings(test.ledger, context, 10, 'rules')).toBe(0);
  const corrected = withCorrections('2026-12-01');
  expect(await replanRecordings(corrected, context, 10, 'rules')).toBe(1);
  expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
    state: 'cleared',
    decision: { basis: { rulesVersion: expect.stringContaining('own 2026-12-01') } },
  });
  expect(await replanRecordings(corrected, context, 10, 'rules')).toBe(0);
});

describe('the settings that plans are made by', () => {
  const SETTINGS = { RETENTION_PERIOD: '60 s' };
  const OTHER = { RETENTION_PERIOD: '90 s' };
  const put = (settings: typeof SETTINGS, startedAt: Date) =>
    putPlanningSettings(test.application, { settings, startedAt });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const lastSeen = (seenAt: Date, startedAt: Date) =>
    test.pool.query('update ledger.planning set seen_at = $1, started_at = $2', [seenAt, startedAt]);

  // Two replicas with other periods each found what the other had planned, for ever.
  it('are those of whoever was started last, while somebody works by them', async () => {
    const [older, newer] = [minutesAgo(50), minutesAgo(40)];
    expect(await put(SETTINGS, older)).toEqual(SETTINGS);
    expect(await put(OTHER, newer)).toEqual(OTHER);
    expect(await put(SETTINGS, older)).toEqual(OTHER);
    await lastSeen(minutesAgo(9), newer);
    expect(await put(SETTINGS, older)).toEqual(OTHER);
    await lastSeen(minutesAgo(11), newer);
    expect(await put(SETTINGS, older)).toEqual(SETTINGS);
    expect(await put(OTHER, newer)).toEqual(OTHER);
  });

  // A process whose clock was a year ahead kept every other from planning for that year.
  it('go by no clock but that of the database, and by no look that is still to come', async () => {
    const ahead = minutesAgo(-365 * 1_440);
    await lastSeen(ahead, ahead);
    expect(await put(SETTINGS, minutesAgo(2))).toEqual(SETTINGS);
    expect(await put(OTHER, minutesAgo(1))).toEqual(OTHER);
    expect(await put(SETTINGS, minutesAgo(2))).toEqual(OTHER);

    await lastSeen(new Date(), ahead);
    expect(await put(OTHER, minutesAgo(1))).toEqual(OTHER);
    await expect.poll(() => put(SETTINGS, new Date())).toEqual(SETTINGS);
  });
});
