import { demoCalls } from '@onrecord/simulator/demo-calls';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation } from './installation.ts';

const CALLS = 12;
const TIMEOUT_MS = 120_000;

/** What is lost on the way from Twilio, and what Twilio never tells. */
export function reconcileSuite(openBackends: () => Promise<Backends>): void {
  let installation: Installation;
  let database: pg.Client;
  beforeAll(async () => {
    const backends = await openBackends();
    database = new pg.Client(backends.DATABASE_URL);
    await database.connect();
    installation = await Installation.start(backends, { RECONCILE_INTERVAL: '1s', RECONCILE_GRACE_PERIOD: '0s' });
  });
  afterAll(async () => {
    await installation?.stop();
    await database?.end();
  });

  /** Facts that the ledger took in, each once; what other runs told the same broker of other accounts' recordings is left out. */
  const processed = async (prefix: 'recording' | 'call' | 'alert'): Promise<string[]> => {
    const { rows } = await database.query<{ id: string }>(
      `select id from messaging.processed_events where group_name = 'retention' and id like $1
       and ($1 <> 'recording:%' or split_part(id, ':', 2) in (select recording_sid from ledger.recordings where account_sid = $2))`,
      [`${prefix}:%`, installation.environment.TWILIO_ACCOUNT_SID],
    );
    return rows.map(({ id }) => id);
  };

  test('with a fifth of the callbacks lost and a fifth repeated, every recording is heard of exactly once', async () => {
    const { simulator, recordsApi } = installation;
    await simulator.spoilCallbacks({ dropShare: 0.2, duplicateShare: 0.2, seed: 11 });
    await simulator.delayLists({ seconds: 2 });
    await simulator.failRest({ status: 429, count: 2, retryAfterSeconds: 1 });
    const scripts = [demoCalls.consentGranted, demoCalls.callbacksReordered];
    for (let count = 0; count < CALLS; count += scripts.length) {
      await Promise.all(scripts.map((script) => simulator.placeCall(script)));
    }
    // Not one callback of these arrives, and of the last one there is none at all.
    await simulator.spoilCallbacks({ dropShare: 1 });
    await simulator.placeCall(demoCalls.consentGranted);
    const unheard = await simulator.placeCall({ ...demoCalls.busy, alerts: [{ errorCode: '13224' }] });
    const cancelled = await simulator.placeCall({ ...demoCalls.busy, outcome: 'canceled-in-queue' });

    const recordings = await simulator.recordings();
    expect(recordings.map(({ status }) => status)).toEqual(recordings.map(() => 'completed'));
    expect(recordings).toHaveLength(CALLS + 1);
    for (const { sid } of recordings) await recordsApi.waitFor(sid, 'transcribed');
    const completed = (await processed('recording')).filter((id) => id.endsWith(':completed'));
    expect(completed.toSorted()).toEqual(recordings.map(({ sid }) => `recording:${sid}:completed`).toSorted());
    const spoken = (await simulator.speechRequests()).map(({ recordingSid }) => recordingSid);
    expect(spoken.toSorted()).toEqual(recordings.map(({ sid }) => sid).toSorted());

    await expect
      .poll(() => processed('call'), { timeout: TIMEOUT_MS })
      .toEqual(expect.arrayContaining([`call:${unheard.callSid}:busy`, `call:${cancelled.callSid}:canceled`]));
    await expect.poll(() => processed('alert'), { timeout: TIMEOUT_MS }).toHaveLength(1);
    const ended = (await simulator.calls()).map(({ sid, status }) => `call:${sid}:${status}`);
    await expect.poll(() => processed('call'), { timeout: TIMEOUT_MS }).toEqual(expect.arrayContaining(ended));
  });
}
