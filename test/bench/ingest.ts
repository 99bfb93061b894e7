import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import autocannon from 'autocannon';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { startKafka } from '../servers/kafka.ts';
import type { IngestTask } from './ingest-worker.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
const ROUND_SECONDS = 4;
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 64;
/** Different recordings, so that keys spread over the partitions as they do in production. */
const CALLBACKS = 512;
const TARGET = 0.75;
const BASE_URL = 'https://calls.example.com';
const PATH = '/webhooks/recording';

/**
 * Verified recording callbacks acknowledged per second: coalesced onto a real Kafka broker with acks=all ÷ the same service with a
 * log that does nothing. Both run all the time; load goes to one after the other.
 */
export async function benchIngest(rounds = ROUNDS): Promise<BenchResult[]> {
  const kafka = await startKafka();
  const account = { sid: `AC${randomBytes(16).toString('hex')}`, token: randomBytes(16).toString('hex') };
  const environment = {
    EVENTS_URL: kafka.url,
    EVENTS_REPLICATION_FACTOR: '1',
    EVENTS_MIN_INSYNC_REPLICAS: '1',
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    PUBLIC_BASE_URL: BASE_URL,
    PORT: '0',
    METRICS_PORT: '0',
  };
  const workers: ChildProcess[] = [];
  const start = async (durable: boolean) => {
    const worker = fork(new URL('./ingest-worker.ts', import.meta.url));
    workers.push(worker);
    worker.send({ environment, durable } satisfies IngestTask);
    const [url] = await once(worker, 'message');
    return String(url);
  };
  try {
    const [durable, nowhere] = [await start(true), await start(false)];
    const requests = Array.from({ length: CALLBACKS }, () => signedCallback(account));
    for (const url of [durable, nowhere]) await load(url, requests, WARM_UP_SECONDS);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [durable, nowhere] : [nowhere, durable];
      const rates = new Map<string, number>();
      for (const url of order) rates.set(url, await load(url, requests, ROUND_SECONDS));
      ratios.push((rates.get(durable) ?? 0) / (rates.get(nowhere) ?? Number.NaN));
    }
    const name = 'coalesced ingest on Kafka, acks=all ÷ the same with a log that does nothing (64 connections)';
    return [{ name, ratio: median(ratios), rounds: ratios, target: TARGET }];
  } finally {
    for (const worker of workers) worker.disconnect();
    await kafka.stop();
  }
}

/** Requests answered 204 per second. @throws Error when any was answered otherwise */
async function load(url: string, requests: autocannon.Request[], seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.average;
}

function signedCallback({ sid, token }: { sid: string; token: string }): autocannon.Request {
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
