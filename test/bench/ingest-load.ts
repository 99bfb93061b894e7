import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Kafka } from '../servers/kafka.ts';
import { answerOf } from './answer-of.ts';
import { median } from './result.ts';
import type { Usage } from './serve-worker.ts';

const ROUND_SECONDS = 4;
/** Until then the code is compiled: a cold service takes half as much again for a request. */
const WARM_UP_SECONDS = 8;
const CONNECTIONS = 64;
/** Different recordings, so that keys spread over the partitions as they do in production. */
const CALLBACKS = 512;
export const BASE_URL = 'https://calls.example.com';

export interface Account {
  sid: string;
  token: string;
}

export const newAccount = (): Account => ({
  sid: `AC${randomBytes(16).toString('hex')}`,
  token: randomBytes(16).toString('hex'),
});

/** A service under load, in a process of its own. */
export interface Worker {
  process: ChildProcess;
  url: string;
}

/** What one round of load came to. */
export interface Rates {
  perSecond: number;
  /** Leaves out what the broker, the load and everything else on the machine take from the service. */
  perCpuSecond: number;
  /** Of the answers, in milliseconds. */
  p95Ms: number;
  p99Ms: number;
}

/** Every setting of ingest on the broker, and of what is compared with it. */
export const environmentOf = ({ url }: Kafka, account: Account) => ({
  EVENTS_URL: url,
  EVENTS_REPLICATION_FACTOR: '1',
  EVENTS_MIN_INSYNC_REPLICAS: '1',
  TWILIO_ACCOUNT_SID: account.sid,
  TWILIO_AUTH_TOKEN: account.token,
  PUBLIC_BASE_URL: BASE_URL,
  VOICE_DIAL_TO: '+14155550142',
  PORT: '0',
  METRICS_PORT: '0',
  LISTEN_HOST: '127.0.0.1',
  RECONCILE_INTERVAL: '0s',
  DOCTOR_AT_START: 'false',
});

/** Starts `file` with its task, and resolves once it serves. */
export async function startWorker(file: string, task: unknown, flags: readonly string[] = []): Promise<Worker> {
  const worker = fork(new URL(file, import.meta.url), { execArgv: ['--expose-gc', ...flags] });
  worker.send(task as Record<string, unknown>);
  return { process: worker, url: String(await answerOf(worker)) };
}

export async function usageOf({ process: worker }: Worker): Promise<Usage> {
  worker.send('usage');
  return (await answerOf(worker)) as Usage;
}

export async function warmUp(worker: Worker, requests: autocannon.Request[]): Promise<void> {
  await load(worker, requests, { duration: WARM_UP_SECONDS });
}

/**
 * Load to one after the other; who goes first changes from round to round.
 * @throws Error when any request was not answered 2xx
 */
export async function alternate(
  [one, other]: readonly [Worker, Worker],
  requests: autocannon.Request[],
  rounds: number,
): Promise<[one: Rates, other: Rates][]> {
  const measured: [one: Rates, other: Rates][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isOneFirst = round % 2 === 0;
    const first = await load(isOneFirst ? one : other, requests, { duration: ROUND_SECONDS });
    const second = await load(isOneFirst ? other : one, requests, { duration: ROUND_SECONDS });
    measured.push(isOneFirst ? [first, second] : [second, first]);
  }
  return measured;
}

/** The ratio of each round, and the median of them. */
export function ratioOf(measured: readonly [Rates, Rates][], unit: keyof Rates): { ratio: number; rounds: number[] } {
  const rounds = measured.map(([one, other]) => one[unit] / other[unit]);
  return { ratio: median(rounds), rounds };
}

/** @throws Error when any request was not answered 2xx */
export async function load(
  worker: Worker,
  requests: autocannon.Request[],
  extent: { duration: number } | { amount: number },
): Promise<Rates> {
  const before = await usageOf(worker);
  const result = await autocannon({ url: worker.url, connections: CONNECTIONS, requests, ...extent });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  const { cpuSeconds } = await usageOf(worker);
  return {
    perSecond: result.requests.total / result.duration,
    perCpuSecond: result.requests.total / (cpuSeconds - before.cpuSeconds),
    // autocannon's histogram has 97.5 % and no 95 %, which is at most that.
    p95Ms: result.latency.p97_5,
    p99Ms: result.latency.p99,
  };
}

export const recordingCallbacks = (account: Account) =>
  Array.from({ length: CALLBACKS }, () =>
    signedRequest(account, '/webhooks/recording', {
      AccountSid: account.sid,
      CallSid: sid('CA'),
      RecordingSid: sid('RE'),
      RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/RE',
      RecordingStatus: 'completed',
      RecordingChannels: '2',
      ErrorCode: '0',
      RecordingStartTime: 'Tue, 28 May 2019 02:18:02 +0000',
      RecordingDuration: '5',
      RecordingSource: 'StartCallRecordingTwiML',
    }),
  );

export const inboundCalls = (account: Account) =>
  Array.from({ length: CALLBACKS }, () =>
    signedRequest(account, '/voice/inbound', {
      AccountSid: account.sid,
      CallSid: sid('CA'),
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: '+14155550101',
      To: '+14155550142',
    }),
  );

const sid = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`;

function signedRequest({ token }: Account, path: string, parameters: Record<string, string>): autocannon.Request {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, `${BASE_URL}${path}`, parameters),
  };
  return { method: 'POST', path, headers, body: new URLSearchParams(parameters).toString() };
}
