import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { type SeaweedFs, startSeaweedFs } from '../servers/seaweedfs.ts';
import type { RelayMeasurement, RelayTask } from './relay-worker.ts';
import { type BenchResult, median } from './result.ts';

/** The size of the recording that is relayed is in its source, `relay-source.ts`. */
export interface RelayResult extends BenchResult {
  comparisonPeakMemoryMiB: number;
  cpuSeconds: number;
  comparisonCpuSeconds: number;
}

const ROUNDS = 7;
const TARGET = 1;
const PEAK_MEMORY_TARGET_MIB = 64;

/**
 * The transcriber's relay of a 256 MiB recording into SeaweedFS against `@aws-sdk/lib-storage` alone, alternating in one run, each
 * time in a new process. Ours checks the WAV, hashes it and creates the object only where there is none; the other one uploads.
 */
export async function benchRelay(rounds = ROUNDS): Promise<RelayResult[]> {
  const s3 = await startSeaweedFs();
  const source = fork(new URL('./relay-source.ts', import.meta.url));
  try {
    const [port] = await once(source, 'message');
    const measured = await alternate(s3, `http://127.0.0.1:${port}`, rounds);
    const ratios = measured.map(({ ours, theirs }) => theirs.seconds / ours.seconds);
    return [
      {
        name: 'relay of a 256 MiB recording into SeaweedFS ÷ @aws-sdk/lib-storage alone',
        ratio: median(ratios),
        rounds: ratios,
        bound: { atLeast: TARGET },
        peakMemoryMiB: Math.max(...measured.map(({ ours }) => ours.peakMemoryMiB)),
        peakMemoryTargetMiB: PEAK_MEMORY_TARGET_MIB,
        comparisonPeakMemoryMiB: Math.max(...measured.map(({ theirs }) => theirs.peakMemoryMiB)),
        cpuSeconds: median(measured.map(({ ours }) => ours.cpuSeconds)),
        comparisonCpuSeconds: median(measured.map(({ theirs }) => theirs.cpuSeconds)),
      },
    ];
  } finally {
    source.disconnect();
    await s3.stop();
  }
}

/** Who goes first changes from round to round; a first pair that warms the server is not counted. */
async function alternate(s3: SeaweedFs, sourceUrl: string, rounds: number) {
  const bucket = await createBucket(s3);
  const measured: { ours: RelayMeasurement; theirs: RelayMeasurement }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const run = (way: RelayTask['way']) => relayOnce(s3, { way, sourceUrl, bucket, key: `${round}/${way}.wav` });
    const isOursFirst = round % 2 === 0;
    const first = await run(isOursFirst ? 'onrecord' : 'lib-storage');
    const second = await run(isOursFirst ? 'lib-storage' : 'onrecord');
    if (round > 0) measured.push(isOursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return measured;
}

async function relayOnce(s3: SeaweedFs, task: Omit<RelayTask, 's3'>): Promise<RelayMeasurement> {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const worker = fork(new URL('./relay-worker.ts', import.meta.url));
  worker.send({ ...task, s3: { endpoint, region, accessKeyId, secretAccessKey } } satisfies RelayTask);
  const measured = await answerOf(worker);
  const client = s3Client(s3);
  const Objects = [{ Key: task.key }, { Key: `${task.key}.small` }];
  await client.send(new DeleteObjectsCommand({ Bucket: task.bucket, Delete: { Objects } }));
  client.destroy();
  return measured;
}

async function answerOf(worker: ChildProcess): Promise<RelayMeasurement> {
  const ended = once(worker, 'exit').then(([status]) => {
    throw new Error(`the relay ended with status ${status}`);
  });
  const [measured] = await Promise.race([once(worker, 'message'), ended]);
  ended.catch(() => {});
  return measured as RelayMeasurement;
}

if (import.meta.main) console.log(JSON.stringify(await benchRelay(), undefined, 2));
