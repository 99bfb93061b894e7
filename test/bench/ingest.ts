import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { type Kafka, startKafka } from '../servers/kafka.ts';
import { answerOf } from './answer-of.ts';
import type { IngestTask } from './ingest-worker.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
const ROUND_SECONDS = 4;
/** Until then the code is compiled: a cold service takes half as much again for a request. */
const WARM_UP_SECONDS = 8;
const CONNECTIONS = 64;
/** Different recordings, so that keys spread over the partitions as they do in production. */
const CALLBACKS = 512;
const TARGET = 0.75;
const BASE_URL = 'https://calls.example.com';
const PATH = '/webhooks/recording';

interface Account {
  sid: string;
  token: string;
}

/** A service under load, in a process of its own. */
interface Worker {
  process: ChildProcess;
  url: string;
}

/** What one round of load came to. */
interface Rates {
  perSecond: number;
  /** Leaves out what the broker, the load and everything else on the machine take from the service. */
  perCpuSecond: number;
}

/**
 * Verified recording callbacks acknowledged, coalesced onto a real Kafka broker with acks=all ÷ the same service with a log that does
 * nothing. Both run all the time; load goes to one after the other.
 */
export async function benchIngest(rounds = ROUNDS): Promise<BenchResult[]> {
  const kafka = await startKafka();
  const account = { sid: `AC${randomBytes(16).toString('hex')}`, token: randomBytes(16).toString('hex') };
  const workers: Worker[] = [];
  try {
    for (const durable of [true, false])
      workers.push(await startWorker({ environment: environment(kafka, account), durable }));
    const requests = Array.from({ length: CALLBACKS }, () => signedCallback(account));
    for (const worker of workers) await load(worker, requests, WARM_UP_SECONDS);
    const measured = await alternate(workers, requests, rounds);
    const results = (['perSecond', 'perCpuSecond'] as const).map((unit) => {
      const ratios = measured.map(([durable, nowhere]) => durable[unit] / nowhere[unit]);
      return { name: NAMES[unit], ratio: median(ratios), rounds: ratios, target: TARGET };
    });
    return results;
  } finally {
    for (const worker of workers) worker.process.disconnect();
    await kafka.stop();
  }
}

const NAMES: Readonly<Record<keyof Rates, string>> = {
  perSecond: 'coalesced ingest on Kafka, acks=all ÷ the same with a log that does nothing (64 connections)',
  perCpuSecond: 'the same, by CPU-second of the service',
};

const environment = ({ url }: Kafka, account: Account) => ({
  EVENTS_URL: url,
  EVENTS_REPLICATION_FACTOR: '1',
  EVENTS_MIN_INSYNC_REPLICAS: '1',
  TWILIO_ACCOUNT_SID: account.sid,
  TWILIO_AUTH_TOKEN: account.token,
  PUBLIC_BASE_URL: BASE_URL,
  PORT: '0',
  METRICS_PORT: '0',
});

async function startWorker(task: IngestTask): Promise<Worker> {
  const worker = fork(new URL('./ingest-worker.ts', import.meta.url));
  worker.send(task);
  return { process: worker, url: String(await answerOf(worker)) };
}

/** Who goes first changes from round to round. */
async function alternate(workers: readonly Worker[], requests: autocannon.Request[], rounds: number) {
  const [durable, nowhere] = workers as [Worker, Worker];
  const measured: [durable: Rates, nowhere: Rates][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isDurableFirst = round % 2 === 0;
    const first = await load(isDurableFirst ? durable : nowhere, requests, ROUND_SECONDS);
    const second = await load(isDurableFirst ? nowhere : durable, requests, ROUND_SECONDS);
    measured.push(isDurableFirst ? [first, second] : [second, first]);
  }
  return measured;
}

/** Counts requests answered 204. @throws Error when any was answered otherwise */
async function load(worker: Worker, requests: autocannon.Request[], seconds: number): Promise<Rates> {
  const cpuBefore = await cpuSeconds(worker);
  const result = await autocannon({ url: worker.url, connections: CONNECTIONS, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  const cpu = (await cpuSeconds(worker)) - cpuBefore;
  return { perSecond: result.requests.total / result.duration, perCpuSecond: result.requests.total / cpu };
}

async function cpuSeconds({ process: worker }: Worker): Promise<number> {
  worker.send('how much CPU time?');
  return Number(await answerOf(worker));
}

function signedCallback({ sid, token }: Account): autocannon.Request {
  const parameters = {
    AccountSid: sid,
    CallSid: `CA${randomBytes(16).toString('hex')}`,
    RecordingSid: `RE${randomBytes(16).toString('hex')}`,
    RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/RE',
    RecordingStatus: 'completed',
    RecordingChannels: '2',
    ErrorCode: '0',
    RecordingStartTime: 'Tue, 28 May 2019 02:18:02 +0000',
    RecordingDuration: '5',
    RecordingSource: 'StartCallRecordingTwiML',
  };
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, `${BASE_URL}${PATH}`, parameters),
  };
  return { method: 'POST', path: PATH, headers, body: new URLSearchParams(parameters).toString() };
}

if (import.meta.main) console.log(JSON.stringify(await benchIngest(), undefined, 2));
