import { setTimeout as sleep } from 'node:timers/promises';
import { demoCalls } from '@onrecord/simulator/demo-calls';
import type { CallScript, DeliveryPage } from '@onrecord/simulator/simulator';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation } from './installation.ts';
import { TelephonyLog } from './telephony-log.ts';

/** Adapters whose event log can be taken away and given back, with all that it holds. */
export interface Breakable {
  backends: Backends;
  /** How long the log is away, in milliseconds. */
  outageMs: number;
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
  stop(): Promise<void>;
}

/** Calls before, during and after the outage. */
const CALLS_EACH = 8;
/** Members of Kafka's groups come back within a session timeout or two, and then everything is reconciled. */
const SETTLED_TIMEOUT_MS = 180_000;
const RUN_TIMEOUT_MS = 480_000;

/** Recorded by the application's own means: no TwiML of ingest, which records nothing while it cannot note a consent. */
const script: CallScript = { ...demoCalls.consentRefused, consent: 'none', recording: 'always' };

/** The intake under everything that goes wrong at once: what Twilio has is what the log has, once. */
export function outageSuite(open: () => Promise<Breakable>): void {
  let breakable: Breakable;
  let installation: Installation;
  let database: pg.Client;
  beforeAll(async () => {
    breakable = await open();
    database = new pg.Client(breakable.backends.DATABASE_URL);
    await database.connect();
    installation = await Installation.start(breakable.backends, {
      RECONCILE_INTERVAL: '1s',
      RECONCILE_GRACE_PERIOD: '0s',
      VOICE_DIAL_TO: '',
      // Twilio's own default: what meets an ingest without a log is lost.
      SIMULATOR_CONNECTION_OVERRIDES: 'rc=1&rp=ct',
    });
  });
  afterAll(async () => {
    await installation?.stop();
    await database?.end();
    await breakable?.stop();
  });

  const placeCalls = () =>
    Promise.all(Array.from({ length: CALLS_EACH }, () => installation.simulator.placeCall(script)));

  /** Facts that the ledger took in. */
  const inLedger = async (): Promise<string[]> => {
    const { rows } = await database.query<{ id: string }>(
      `select id from messaging.processed_events where group_name = 'retention' and id like 'recording:%:completed'`,
    );
    return rows.map(({ id }) => id).toSorted();
  };

  /** What was decided on each recording, in turn: a fact that was taken for two is decided on twice. */
  const decisions = async (): Promise<Set<string>> => {
    const { rows } = await database.query<{ outcomes: string }>(
      `select coalesce(string_agg(d.outcome, ', ' order by d.decision), 'none') as outcomes from ledger.recordings r
       left join ledger.decisions d using (account_sid, recording_sid) group by r.account_sid, r.recording_sid`,
    );
    // What was heard of only when the grace period was over is withheld without waiting.
    return new Set(rows.map(({ outcomes }) => outcomes.replace(/^waiting, /, '')));
  };

  test(
    'a fifth lost, a fifth repeated, all reordered, and no log for a while: each recording is reported once',
    async () => {
      const { simulator } = installation;
      await simulator.spoilCallbacks({ dropShare: 0.2, duplicateShare: 0.2, reorder: true, seed: 4 });
      await placeCalls();
      await breakable.takeAway();
      await Promise.all([placeCalls(), sleep(breakable.outageMs)]);
      await breakable.giveBack();
      await placeCalls();

      const recordings = await simulator.recordings();
      const wanted = recordings.map(({ sid }) => `recording:${sid}:completed`).toSorted();
      expect(wanted).toHaveLength(3 * CALLS_EACH);
      await expect.poll(inLedger, { timeout: SETTLED_TIMEOUT_MS, interval: 500 }).toEqual(wanted);

      // Nobody was asked for consent: each waits for it, and is withheld when the grace period is over.
      await expect.poll(decisions, { timeout: SETTLED_TIMEOUT_MS, interval: 500 }).toEqual(new Set(['withheld']));

      const deliveries = await simulator.deliveries();
      expect(deliveries.filter(({ status }) => status === 503).length, 'callbacks refused').toBeGreaterThan(0);
      for (const fault of ['dropped', 'duplicated', 'reordered'] as const) {
        expect(deliveries.filter(({ faults }) => faults.includes(fault)).length, fault).toBeGreaterThan(0);
      }
      const log = await TelephonyLog.open(
        breakable.backends.EVENTS_URL,
        installation.environment.TWILIO_ACCOUNT_SID ?? '',
      );
      try {
        const isWhole = () => [...acknowledged(deliveries), ...wanted].filter((id) => !log.ids().has(id));
        await expect.poll(isWhole, { timeout: SETTLED_TIMEOUT_MS }).toEqual([]);
        for (const { sid } of recordings) {
          expect([...new Set(log.completedIds(sid))]).toEqual([`recording:${sid}:completed`]);
        }
      } finally {
        await log.close();
      }
    },
    RUN_TIMEOUT_MS,
  );
}

/** The facts of all callbacks that were answered 2xx: Twilio never sends those again. */
function acknowledged(deliveries: DeliveryPage['deliveries']): string[] {
  const isTaken = ({ status = 0 }: { status?: number }) => status >= 200 && status < 300;
  return deliveries.filter(isTaken).flatMap(({ kind, parameters }) => {
    const { RecordingSid, RecordingStatus, CallSid, CallStatus } = parameters;
    if (kind === 'recording') return [`recording:${RecordingSid}:${RecordingStatus}`];
    return kind === 'call-status' ? [`call:${CallSid}:${CallStatus}`] : [];
  });
}
