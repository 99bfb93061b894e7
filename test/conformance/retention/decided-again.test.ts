import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { putPlanningSettings } from '@onrecord/retention/ledger/planning';
import { openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { replanRecordings } from '@onrecord/retention/replan-recordings';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

// Two replicas with other periods each found what the other had planned, for ever.
it('plans are made by the settings of whoever was started last, while somebody works by them', async () => {
  const [older, newer] = [
    { settings: { RETENTION_PERIOD: '60 s' }, startedAt: at(0) },
    { settings: { RETENTION_PERIOD: '90 s' }, startedAt: at(1) },
  ];
  const put = (planner: typeof older, minutes: number) => putPlanningSettings(test.application, planner, at(minutes));
  expect(await put(older, 0)).toEqual(older.settings);
  expect(await put(newer, 1)).toEqual(newer.settings);
  expect(await put(older, 2)).toEqual(newer.settings);
  expect(await put(newer, 3)).toEqual(newer.settings);
  expect(await put(older, 12)).toEqual(newer.settings);
  expect(await put(older, 14)).toEqual(older.settings);
});
