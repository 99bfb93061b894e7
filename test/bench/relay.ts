import { inTurn, openRelayBed, type RelayBed } from './relay-bed.ts';
import type { RelayMeasurement } from './relay-worker.ts';
import { type BenchResult, median } from './result.ts';

const KIB_PER_GIB = 1024 * 1024;
const ROUNDS = 5;
const PEAK_MEMORY_TARGET_MIB = 64;
/** Short recordings: ten seconds of two channels, from a source that is as far away as Twilio often is. */
const SHORT = { kib: 320, waitMs: 50, recordings: 64 };

/**
 * The transcriber's relay into SeaweedFS beside other ways, alternating in one run, each time in a new process. Ours checks the WAV,
 * measures and hashes it and creates the object only where there is none; the others upload.
 */
export async function benchRelay(rounds = ROUNDS): Promise<BenchResult[]> {
  const bed = await openRelayBed();
  try {
    return [
      ...(await besideOthers(bed, rounds)),
      await besideSizes(bed, rounds),
      ...(await besideProviders(bed, rounds)),
      await atOnce(bed, rounds),
    ];
  } finally {
    await bed.stop();
  }
}

async function besideOthers(bed: RelayBed, rounds: number): Promise<BenchResult[]> {
  const kib = KIB_PER_GIB;
  const ways = [bed.relay({ kib }), bed.relay({ kib, way: 'lib-storage' }), bed.byAwsCli(kib), bed.byAwsCli(1)];
  const measured = await inTurn(ways, rounds);
  const ours = measured.map(([relay]) => relay);
  const cpu = (way: number) => median(measured.map((round) => round[way]?.cpuSeconds ?? Number.NaN)).toFixed(1);
  // What the command line takes to start, and for its code, is not what it takes for the recording.
  const awsSeconds = ([, , aws, idle]: RelayMeasurement[]) => difference(aws, idle, 'seconds');
  const awsMemory = ([, , aws, idle]: RelayMeasurement[]) => difference(aws, idle, 'peakMemoryMiB');
  const seconds = ([relay]: RelayMeasurement[]) => relay?.seconds ?? Number.NaN;
  return [
    {
      name: 'relay of 1 GiB into SeaweedFS ÷ @aws-sdk/lib-storage alone',
      ...ratioOf(measured, ([, lib]) => lib?.seconds ?? Number.NaN, seconds),
      bound: { atLeast: 1.5 },
      note: `CPU seconds ${cpu(0)}, with lib-storage ${cpu(1)}`,
      peakMemoryMiB: Math.max(...ours.map((relay) => relay?.peakMemoryMiB ?? Number.NaN)),
      peakMemoryTargetMiB: PEAK_MEMORY_TARGET_MIB,
    },
    {
      name: 'relay of 1 GiB into SeaweedFS ÷ curl | aws s3 cp -, without the start of aws',
      ...ratioOf(measured, awsSeconds, seconds),
      bound: { atLeast: 1.3 },
      note: `CPU seconds ${cpu(0)}, with curl and aws ${cpu(2)}`,
    },
    {
      name: 'peak memory of the relay above idle ÷ that of aws s3 cp -',
      ...ratioOf(measured, ([relay]) => relay?.peakMemoryMiB ?? Number.NaN, awsMemory),
      bound: { atMost: 0.6 },
    },
  ];
}

async function besideSizes(bed: RelayBed, rounds: number): Promise<BenchResult> {
  const ways = [bed.relay({ kib: 4 * KIB_PER_GIB }), bed.relay({ kib: KIB_PER_GIB / 16 })];
  const peak = (way: number) => (round: RelayMeasurement[]) => round[way]?.peakMemoryMiB ?? Number.NaN;
  return {
    name: 'peak memory above idle for 4 GiB ÷ for 64 MiB',
    ...ratioOf(await inTurn(ways, Math.min(rounds, 3)), peak(0), peak(1)),
    bound: { atMost: 1.05 },
  };
}

async function besideProviders(bed: RelayBed, rounds: number): Promise<BenchResult[]> {
  const kib = KIB_PER_GIB / 4;
  const ways = [
    bed.relay({ kib }),
    bed.relay({ kib, providerUrl: bed.readingProvider, isAnswerAwaited: true }),
    bed.relay({ kib, providerUrl: bed.stalledProvider }),
  ];
  const measured = await inTurn(ways, rounds);
  const seconds = (way: number) => (round: RelayMeasurement[]) => round[way]?.seconds ?? Number.NaN;
  return [
    {
      name: 'relay of 256 MiB to store and provider, its answer included ÷ to the store alone',
      ...ratioOf(measured, seconds(0), seconds(1)),
      bound: { atLeast: 0.9 },
    },
    {
      name: 'time to archive 256 MiB beside a provider that stalls ÷ without it',
      ...ratioOf(measured, seconds(2), seconds(0)),
      bound: { atMost: 1.05 },
    },
  ];
}

async function atOnce(bed: RelayBed, rounds: number): Promise<BenchResult> {
  const ways = [bed.relay({ ...SHORT, concurrency: SHORT.recordings }), bed.relay({ ...SHORT, concurrency: 1 })];
  const seconds = (way: number) => (round: RelayMeasurement[]) => round[way]?.seconds ?? Number.NaN;
  return {
    name: `${SHORT.recordings} recordings of ten seconds at once ÷ one at a time, ${SHORT.waitMs} ms from their source`,
    ...ratioOf(await inTurn(ways, rounds), seconds(1), seconds(0)),
    bound: { atLeast: 4 },
  };
}

const difference = (
  one: RelayMeasurement | undefined,
  other: RelayMeasurement | undefined,
  unit: keyof RelayMeasurement,
) => (one?.[unit] ?? Number.NaN) - (other?.[unit] ?? Number.NaN);

type Reading = (round: RelayMeasurement[]) => number;

function ratioOf(measured: RelayMeasurement[][], above: Reading, below: Reading) {
  const rounds = measured.map((round) => above(round) / below(round));
  return { ratio: median(rounds), rounds };
}

if (import.meta.main) console.log(JSON.stringify(await benchRelay(), undefined, 2));
