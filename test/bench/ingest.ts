import { startKafka } from '../servers/kafka.ts';
import {
  alternate,
  environmentOf,
  newAccount,
  ratioOf,
  recordingCallbacks,
  startWorker,
  type Worker,
  warmUp,
} from './ingest-load.ts';
import { KAFKAJS_ALONE } from './kafkajs-alone.ts';
import type { BenchResult } from './result.ts';

const ROUNDS = 7;
const COALESCED = 'coalesced ingest on Kafka, acks=all ÷ the same with a log that does nothing (64 connections)';

/**
 * Verified recording callbacks acknowledged, coalesced onto a real Kafka broker with acks=all ÷ the same service with a log that does
 * nothing; and ÷ a first version that sends each callback by itself. All run all the time; load goes to one after the other.
 */
export async function benchIngest(rounds = ROUNDS): Promise<BenchResult[]> {
  const kafka = await startKafka();
  const account = newAccount();
  const environment = environmentOf(kafka, account);
  const workers: Worker[] = [];
  const start = async (file: string, task: unknown, flags?: readonly string[]): Promise<Worker> => {
    const worker = await startWorker(file, task, flags);
    workers.push(worker);
    return worker;
  };
  try {
    const durable = await start('./ingest-worker.ts', { environment, durable: true });
    const nowhere = await start('./ingest-worker.ts', { environment, durable: false });
    const naive = await start('./naive-worker.ts', { environment }, KAFKAJS_ALONE);
    const requests = recordingCallbacks(account);
    for (const worker of workers) await warmUp(worker, requests);
    const withNowhere = await alternate([durable, nowhere], requests, rounds);
    const withNaive = await alternate([durable, naive], requests, rounds);
    return [
      { name: COALESCED, ...ratioOf(withNowhere, 'perSecond'), bound: { atLeast: 0.85 } },
      { name: 'the same, 99th percentile of the latency', ...ratioOf(withNowhere, 'p99Ms'), bound: { atMost: 1.5 } },
      { name: 'the same, by CPU-second of the service', ...ratioOf(withNowhere, 'perCpuSecond') },
      {
        name: 'coalesced ingest on Kafka ÷ Hono with one send a request, acknowledged by CPU-second of the service',
        ...ratioOf(withNaive, 'perCpuSecond'),
        bound: { atLeast: 2 },
      },
    ];
  } finally {
    for (const worker of workers) worker.process.disconnect();
    await kafka.stop();
  }
}

if (import.meta.main) console.log(JSON.stringify(await benchIngest(), undefined, 2));
