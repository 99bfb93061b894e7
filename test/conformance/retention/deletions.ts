import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountsSource } from '@onrecord/retention/adapters/accounts-source';
import { whileClocksAgree } from '@onrecord/retention/dated-sweeps';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { builtInPolicy } from '@onrecord/retention/domain/policy';
import { openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import type { SourcePlace } from '@onrecord/retention/places/twilio';
import { createSweeps, type SweepDeps, type SweepLimits } from '@onrecord/retention/sweeps';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { accountsOf, type TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { type AccountState, openAccountState } from '@onrecord/simulator/twilio/account-state';
import { ACCOUNT, archived, at, consentOf, newSid, recordingCompleted } from './facts.ts';
import { certification, policy, startLedger, type TestLedger } from './ledger.ts';

/** In minutes, as `at` counts. */
export const DAY = 1_440;
export const NOBODY = 'http://127.0.0.1:1';
/** More than the tests of one file need. */
const RECORDINGS = 80;

interface Sweeping {
  apiUrl?: string;
  /** In place of Twilio as it is at `apiUrl`. */
  source?: SourcePlace;
  /** What the account signs in at Twilio with. */
  token?: string;
  objects?: ObjectStore;
  /** How long recordings are kept, in minutes. */
  period?: number;
  limits?: SweepLimits;
  clocksAgree?: () => Promise<boolean>;
  plansAgree?: () => Promise<boolean>;
  others?: readonly TwilioAccount[];
  /** Takes the accounts of which something is due that nobody does. */
  left?: string[];
}

/** A ledger, a store and a Twilio with recordings, and the sweeper's workers between them. */
export class Deletions {
  readonly test: TestLedger;
  readonly store: ObjectStore;
  readonly folder: string;
  readonly #twilio: Simulator;
  /** What is left to be given: recordings at Twilio, each with its call. */
  readonly #sids: { sid: string; callSid: string }[];

  private constructor(
    test: TestLedger,
    store: ObjectStore,
    folder: string,
    twilio: Simulator,
    sids: { sid: string; callSid: string }[],
  ) {
    this.test = test;
    this.store = store;
    this.folder = folder;
    this.#twilio = twilio;
    this.#sids = sids;
  }

  /**
   * @param open the store; a folder where there is none
   * @param options.from who called, as Twilio's record of each call has it, by the order in which they are given
   */
  static async start(
    open?: () => Promise<ObjectStore>,
    options: { recordings?: number; from?: (index: number) => string } = {},
  ): Promise<Deletions> {
    const test = await startLedger();
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-deletions-'));
    const store = await (open?.() ?? openObjectStore({ kind: 'file', folder: join(folder, 'objects') }));
    const dataDir = join(folder, 'twilio');
    const account = await openAccountState(dataDir);
    const sids = Array.from({ length: options.recordings ?? RECORDINGS }, () => ({
      sid: newSid('RE'),
      callSid: newSid('CA'),
    }));
    for (const [index, { sid, callSid }] of sids.toReversed().entries()) {
      await recordAtTwilio(account, sid);
      await callAtTwilio(account, callSid, options.from?.(index));
    }
    const twilio = await startSimulator({ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: NOBODY, dataDir });
    return new Deletions(test, store, folder, twilio, sids);
  }

  async close(): Promise<void> {
    await this.#twilio.stop();
    await this.test.close();
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A recording that is at Twilio and in the store, with its consent as given. */
  async given(outcome: 'granted' | 'refused' | undefined) {
    const { store, test } = this;
    const { sid, callSid } = this.#sids.pop() ?? { sid: '', callSid: '' };
    const prefix = `${ACCOUNT}/2026/03/01/${callSid}/${sid}/`;
    test.now = at(1);
    if (outcome !== undefined) await test.take(consentOf({ callSid }, outcome));
    await test.take(recordingCompleted(sid, { callSid }));
    await test.published();
    const put = async (name: string) => {
      await store.put(`${prefix}${name}`, Buffer.from(name), { contentType: 'text/plain' });
    };
    const archive = async () => {
      for (const name of ['media.wav', 'manifest.json']) await put(name);
      await test.take(this.archivedHere(sid, callSid, prefix));
    };
    return { sid, callSid, prefix, put, archive };
  }

  /** A call that is at Twilio, of which no recording is reported. */
  givenCall(): string {
    this.test.now = at(1);
    return this.#sids.pop()?.callSid ?? '';
  }

  archivedHere(...[sid, callSid, prefix, fields]: Parameters<typeof archived>): OnrecordEvent {
    return archived(sid, callSid, prefix, { store: this.store.uri, ...fields });
  }

  /** While it is not called off, the ledger refuses to write down deletions of the recording that are as described. */
  async refuseToWrite(sid: string, when: string): Promise<() => Promise<unknown>> {
    const { pool } = this.test;
    const name = `refuse_${sid}`;
    await pool.query(
      `create function ${name}() returns trigger language plpgsql as $$ begin raise 'the database restarts'; end $$;
       create trigger ${name} before insert or update on ledger.deletions for each row
       when (new.recording_sid = '${sid}' and ${when}) execute function ${name}()`,
    );
    return () => pool.query(`drop trigger ${name} on ledger.deletions; drop function ${name}`);
  }

  /**
   * One worker, as it starts: sweeps until nothing more is due.
   * @returns the recordings that could not be changed
   */
  async sweep(sweeping: Sweeping = {}): Promise<string[]> {
    const { apiUrl = this.#twilio.url, objects = this.store, period = 30 * DAY, limits, others = [], left } = sweeping;
    const { test } = this;
    const failed: string[] = [];
    const configured = [accountAt(apiUrl, ACCOUNT, sweeping.token), ...others];
    const accounts = accountsOf(() => configured);
    const builtIn = builtInPolicy({ ...policy, retentionPeriodMs: period * 60_000 });
    const deps: SweepDeps = {
      ...test,
      pool: test.application,
      ledger: openLedger({
        ...test,
        pool: test.application,
        accounts: () => configured.map(({ accountSid }) => accountSid),
        builtIn,
        certification,
        ruleBook: ruleBook(),
        onPublish: () => undefined,
        onLater: () => undefined,
        onFailed: ({ recordingSid }) => failed.push(recordingSid),
      }),
      objects,
      accounts,
      source: sweeping.source ?? accountsSource({ accounts, clock: () => test.now }),
      plansAgree: sweeping.plansAgree ?? (async () => true),
      onLeft: (accountSid) => void left?.push(accountSid),
      onDecision: () => undefined,
      onDeletionAttempt: () => undefined,
    };
    const sweeps = whileClocksAgree(sweeping.clocksAgree ?? (async () => true), createSweeps(deps, limits));
    for (const each of sweeps) while (await each());
    return failed;
  }

  /** Twilio as the service sees it. */
  source(apiUrl = this.#twilio.url) {
    return accountsSource({ accounts: accountsOf(() => [accountAt(apiUrl, ACCOUNT)]), clock: this.test.clock });
  }

  find(sid: string) {
    return this.test.reader.find(ACCOUNT, sid);
  }

  async objectsUnder(prefix: string): Promise<number> {
    let count = 0;
    for await (const _ of this.store.listVersions(prefix)) count += 1;
    return count;
  }

  /** Also takes what is told of others. */
  async toldOf(sid: string): Promise<OnrecordEvent[]> {
    return (await this.test.published()).filter(({ subject }) => subject === sid);
  }

  /** Twilio's records of calls, as its API lists them. */
  async callsAtTwilio(): Promise<{ sid: string; from: string; to: string }[]> {
    const url = `${this.#twilio.url}/2010-04-01/Accounts/${ACCOUNT}/Calls.json?PageSize=1000`;
    const authorization = `Basic ${Buffer.from(`${ACCOUNT}:token`).toString('base64')}`;
    const { calls } = (await (await fetch(url, { headers: { authorization } })).json()) as {
      calls: { sid: string; from: string; to: string }[];
    };
    return calls;
  }

  /** The simulated Twilio, to be told what goes wrong. */
  get twilio(): Simulator {
    return this.#twilio;
  }

  /** What was certified of a recording's deletions. */
  async certificates(sid: string): Promise<{ objects: { key: string; versionId?: string }[] }[]> {
    const { rows } = await this.test.pool.query<{ body: string }>(
      'select body from ledger.deletion_certificates where recording_sid = $1 order by deletion',
      [sid],
    );
    return rows.map(({ body }) => JSON.parse(body));
  }

  statusAtTwilio(sid: string) {
    return this.#twilio.recordings.get(sid)?.status;
  }
}

export async function recordAtTwilio(account: AccountState, sid: string, accountSid = ACCOUNT): Promise<void> {
  const date = at(0).toISOString();
  await account.saveRecording({
    sid,
    accountSid,
    callSid: newSid('CA'),
    conferenceSid: null,
    status: 'completed',
    source: 'StartCallRecordingTwiML',
    track: 'both',
    channels: 2,
    startTime: date,
    duration: 12,
    errorCode: null,
    dateCreated: date,
    dateUpdated: date,
    deletedAt: null,
    media: await account.writeMedia(sid, Buffer.from('RIFF')),
  });
}

function callAtTwilio(account: AccountState, sid: string, from = '+14155550142'): Promise<void> {
  const date = at(0).toISOString();
  return account.saveCall({
    ...{ sid, accountSid: ACCOUNT, parentCallSid: null, from, to: '+14155550100', direction: 'inbound' },
    ...{ status: 'completed', startTime: date, endTime: date, duration: 12, dateCreated: date, dateUpdated: date },
  });
}

export const accountAt = (apiUrl: string, accountSid: string, token = 'token'): TwilioAccount => ({
  accountSid,
  authTokens: [token],
  apiUrl,
});
