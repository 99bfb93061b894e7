import { DeleteObjectsCommand, type ObjectIdentifier, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { startSeaweedFs } from '../servers/seaweedfs.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 5;
/** Of one day, as a schedule finds them. */
const RECORDINGS = 120;
/** What a transcribed recording has. */
const NAMES = [
  ...['media.wav', 'waveform.json', 'manifest.json', 'provider-request.json', 'provider-response.json'],
  ...['transcript.json', 'transcript.vtt', 'transcript.srt', 'transcript.txt'],
];
/** As many as one request takes. */
const KEYS_AT_ONCE = 1_000;
const PUTS_AT_ONCE = 16;
const TARGET = 0.8;
const SIDES = ['plain', 'ours'] as const;

const FOLDERS = Array.from({ length: RECORDINGS }, (_, number) => `AC0/2026/03/01/CA${number}/RE${number}/`);

/**
 * Objects deleted per second: found by listing, each batch shown before it goes, deleted and confirmed by a fresh listing ÷
 * DeleteObjects of the same keys alone, a thousand in a request, by whoever knows them all and asks nothing afterwards.
 */
export async function benchDeletions(rounds = ROUNDS): Promise<BenchResult[]> {
  const server = await startSeaweedFs();
  const client = s3Client(server);
  try {
    const results: BenchResult[] = [];
    for (const versioned of [false, true]) {
      const bucket = await createBucket(server, { versioned });
      const { endpoint, region } = server;
      const place = { bucket, prefix: '', endpoint, region, credentials: server, forcePathStyle: true };
      const store = await openObjectStore({ kind: 's3', ...place });
      const ratios: number[] = [];
      const times: { plain: number; ours: number }[] = [];
      // The first is for warming up, on both sides.
      for (let round = 0; round <= rounds; round += 1) {
        const measured = { plain: 0, ours: 0 };
        // Whoever comes second finds the server busy with what the first has left: they take turns.
        for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
          measured[side] = await timeOf(client, bucket, (objects) =>
            side === 'plain' ? deletePlain(client, bucket, objects) : deleteAndConfirm(store),
          );
        }
        if (round === 0) continue;
        ratios.push(measured.plain / measured.ours);
        times.push(measured);
      }
      await store.close();
      const name = `objects deleted per second ÷ plain DeleteObjects, ${versioned ? 'with' : 'without'} versions`;
      const [plain, ours] = SIDES.map((side) => Math.round(median(times.map((each) => each[side]))));
      const note = `${FOLDERS.length * NAMES.length} objects in ${ours} ms, listed before and afterwards; plainly ${plain} ms, without a listing`;
      results.push({ name, ratio: median(ratios), rounds: ratios, bound: { atLeast: TARGET }, note });
    }
    return results;
  } finally {
    client.destroy();
    await server.stop();
  }
}

/** Milliseconds; the bucket is filled before. */
async function timeOf(client: S3Client, bucket: string, work: (objects: ObjectIdentifier[]) => Promise<void>) {
  const objects = await fill(client, bucket);
  const startedAt = performance.now();
  await work(objects);
  return performance.now() - startedAt;
}

async function fill(client: S3Client, Bucket: string): Promise<ObjectIdentifier[]> {
  const keys = FOLDERS.flatMap((folder) => NAMES.map((name) => folder + name));
  const stored: ObjectIdentifier[] = [];
  const waiting = keys.values();
  const put = async () => {
    for (const Key of waiting) {
      const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x'.repeat(200) }));
      stored.push({ Key, VersionId });
    }
  };
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, put));
  // In the order of a listing, as anybody would ask for them.
  return stored.toSorted((a, b) => (String(a.Key) < String(b.Key) ? -1 : 1));
}

async function deletePlain(client: S3Client, Bucket: string, objects: readonly ObjectIdentifier[]): Promise<void> {
  for (let at = 0; at < objects.length; at += KEYS_AT_ONCE) {
    const Delete = { Objects: objects.slice(at, at + KEYS_AT_ONCE), Quiet: true };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    if (Errors.length > 0) throw new Error(`${Errors.length} keys were not deleted`);
  }
}

async function deleteAndConfirm(store: ObjectStore): Promise<void> {
  const reports = await Promise.all(FOLDERS.map((folder) => store.deleteAllVersions(folder, async () => undefined)));
  for (const { deleted, remaining } of reports) {
    if (deleted.length !== NAMES.length || remaining.length > 0) throw new Error('a folder was not emptied');
  }
}
