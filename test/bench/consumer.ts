import { type ChildProcess, fork } from 'node:child_process';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { LogRecord } from '@onrecord/shared/event-log/port';
import { createEvent, recordingReported } from '@onrecord/shared/events';
import { toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { startKafka } from '../servers/kafka.ts';
import { answerOf } from './answer-of.ts';
import { benchLog } from './bench-log.ts';
import { EVENTS } from './consumer-rounds.ts';
import { KAFKAJS_ALONE } from './kafkajs-alone.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
const CALLS = 5_000;
const TARGET = 0.8;
const SCRIPTS = [
  new URL('./consumer-worker.ts', import.meta.url),
  new URL('./consumer-plain-worker.ts', import.meta.url),
];

const logger = createLogger({ service: 'bench', level: 'silent' });
const sid = (prefix: string, number: number) => prefix + number.toString(16).padStart(32, '0');

/**
 * Events handled and committed per second, from the first record to the last commit: the consumer with an empty handler, 16 at a
 * time ÷ kafkajs alone, whose `eachBatch` awaits an empty handler for each message and commits each batch. Each in a process of its
 * own: within one, kafkajs alone would have the faster decoder of the consumer's adapter, too.
 */
export async function benchConsumer(rounds = ROUNDS): Promise<BenchResult[]> {
  const server = await startKafka();
  const workers: ChildProcess[] = [];
  try {
    await fill(server.url);
    const [consumer, plain] = SCRIPTS.map((script) => fork(script, [server.url], { execArgv: KAFKAJS_ALONE }));
    if (!consumer || !plain) throw new Error('two ways are compared');
    workers.push(consumer, plain);
    for (const warmUp of [consumer, plain]) await timeOf(warmUp);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const times = new Map<ChildProcess, number>();
      for (const worker of round % 2 === 0 ? [consumer, plain] : [plain, consumer]) {
        times.set(worker, await timeOf(worker));
      }
      ratios.push((times.get(plain) ?? Number.NaN) / (times.get(consumer) ?? Number.NaN));
    }
    const name = 'consumer, 16 handlers at a time ÷ kafkajs alone (100,000 events, 12 partitions, empty handler)';
    return [{ name, ratio: median(ratios), rounds: ratios, bound: { atLeast: TARGET } }];
  } finally {
    for (const worker of workers) worker.kill();
    await server.stop();
  }
}

/** One round, in milliseconds. */
async function timeOf(worker: ChildProcess): Promise<number> {
  worker.send('go');
  return Number(await answerOf(worker));
}

async function fill(url: string): Promise<void> {
  const log = await openEventLog({ ...benchLog(url), logger });
  try {
    for (let first = 0; first < EVENTS; first += 1_000) await log.append(events(first, 1_000));
  } finally {
    await log.close();
  }
}

function events(first: number, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, n) =>
    toRecord(
      createEvent(
        recordingReported,
        {
          accountSid: sid('AC', 1),
          callSid: sid('CA', (first + n) % CALLS),
          recordingSid: sid('RE', first + n),
          status: 'completed',
          recordingSource: 'StartCallRecordingTwiML',
          channels: 2,
          durationSeconds: 42,
          startedAt: '2026-11-20T10:00:00Z',
          parameters: { RecordingTrack: 'both' },
        },
        { time: '2026-11-20T10:00:01Z' },
      ),
    ),
  );
}

if (import.meta.main) console.log(JSON.stringify(await benchConsumer(), undefined, 2));
