import type autocannon from 'autocannon';
import { startKafka } from '../servers/kafka.ts';
import {
  type Account,
  alternate,
  BASE_URL,
  environmentOf,
  inboundCalls,
  load,
  newAccount,
  ratioOf,
  recordingCallbacks,
  startWorker,
  usageOf,
  type Worker,
  warmUp,
} from './ingest-load.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
/** Each half of them; the second half may leave no more behind than the first. */
const REQUESTS_PER_HALF = 100_000;

/**
 * What checking a callback and making an event of it costs, without any log: ingest with a log that does nothing ÷ node:http that only
 * reads the same body. And how fast TwiML is, and whether memory stays as it is.
 */
export async function benchEdge(rounds = ROUNDS): Promise<BenchResult[]> {
  const kafka = await startKafka();
  const account = newAccount();
  const workers: Worker[] = [];
  try {
    const ingest = await startWorker('./ingest-worker.ts', {
      environment: environmentOf(kafka, account),
      durable: false,
    });
    workers.push(ingest);
    const bare = await startWorker('./bare-worker.ts', {});
    workers.push(bare);
    const least = await startWorker('./least-worker.ts', { authToken: account.token, baseUrl: BASE_URL });
    workers.push(least);
    return [
      ...(await verified([ingest, bare], recordingCallbacks(account), rounds)),
      await besideTheLeast([ingest, least], recordingCallbacks(account), rounds),
      await twiml([ingest, bare], account, rounds),
      await memory(ingest, recordingCallbacks(account)),
    ];
  } finally {
    for (const worker of workers) worker.process.disconnect();
    await kafka.stop();
  }
}

async function verified(both: readonly [Worker, Worker], requests: autocannon.Request[], rounds: number) {
  for (const worker of both) await warmUp(worker, requests);
  const measured = await alternate(both, requests, rounds);
  const name = 'verified ingest with a log that does nothing ÷ node:http reading the same body (64 connections)';
  return [
    { name, ...ratioOf(measured, 'perSecond'), bound: { atLeast: 0.8 } },
    { name: 'the same, by CPU-second of the service', ...ratioOf(measured, 'perCpuSecond') },
  ];
}

/** What of the above is the work itself: reading, one signature and JSON take more than node:http does. */
async function besideTheLeast(
  both: readonly [Worker, Worker],
  requests: autocannon.Request[],
  rounds: number,
): Promise<BenchResult> {
  await warmUp(both[1], requests);
  const measured = await alternate(both, requests, rounds);
  const name = 'verified ingest ÷ node:http that does the least for it: one signature, and JSON; by CPU-second';
  return { name, ...ratioOf(measured, 'perCpuSecond') };
}

async function twiml(both: readonly [Worker, Worker], account: Account, rounds: number): Promise<BenchResult> {
  const requests = inboundCalls(account);
  await warmUp(both[0], requests);
  const measured = await alternate(both, requests, rounds);
  const p95Ms = median(measured.map(([ingest]) => ingest.p95Ms));
  return {
    name: '/voice/inbound ÷ node:http reading the same body, 95th percentile of the latency',
    ...ratioOf(measured, 'p95Ms'),
    note: `${p95Ms} ms under full load on 64 connections; Twilio is told within 200`,
  };
}

async function memory(ingest: Worker, requests: autocannon.Request[]): Promise<BenchResult> {
  await load(ingest, requests, { amount: REQUESTS_PER_HALF });
  const { memoryBytes: half } = await usageOf(ingest);
  await load(ingest, requests, { amount: REQUESTS_PER_HALF });
  const { memoryBytes: whole } = await usageOf(ingest);
  const name = 'memory in use after 200,000 callbacks ÷ after 100,000';
  return { name, ratio: whole / half, rounds: [whole / half], bound: { atMost: 1.1 } };
}

if (import.meta.main) console.log(JSON.stringify(await benchEdge(), undefined, 2));
