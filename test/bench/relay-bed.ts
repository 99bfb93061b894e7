import { fork } from 'node:child_process';
import { DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { createBucket, s3Client } from '../servers/buckets.ts';
import { type SeaweedFs, startSeaweedFs } from '../servers/seaweedfs.ts';
import { answerOf } from './answer-of.ts';
import { relayByAwsCli } from './aws-cli.ts';
import { pathOf, recordingOf } from './relay-source.ts';
import type { RelayMeasurement, RelayTask } from './relay-worker.ts';

/** What a round does; the store is emptied after it. */
export type Round = (key: string) => Promise<RelayMeasurement>;

/** A source of recordings, an S3 server and a speech provider, each in a process of its own. */
export interface RelayBed {
  /** In a new process. */
  relay(task: Pick<RelayTask, 'kib'> & Partial<RelayTask>): Round;
  byAwsCli(kib: number): Round;
  readingProvider: string;
  stalledProvider: string;
  stop(): Promise<void>;
}

export async function openRelayBed(): Promise<RelayBed> {
  const s3 = await startSeaweedFs();
  const source = fork(new URL('./relay-source.ts', import.meta.url));
  const speech = fork(new URL('./speech-sink.ts', import.meta.url));
  const [sourceUrl, speechUrl] = (await Promise.all([source, speech].map(answerOf))).map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const bucket = await createBucket(s3);
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const place = { sourceUrl: String(sourceUrl), bucket, s3: { endpoint, region, accessKeyId, secretAccessKey } };
  const relay: RelayBed['relay'] = (task) => async (key) => {
    const worker = fork(new URL('./relay-worker.ts', import.meta.url));
    worker.send({ way: 'onrecord', ...place, ...task, key } satisfies RelayTask);
    const measured = (await answerOf(worker)) as RelayMeasurement;
    await empty(s3, bucket);
    return measured;
  };
  return {
    relay,
    byAwsCli: (kib) => async (key) => {
      const measured = await relayByAwsCli(s3, `${sourceUrl}${pathOf(recordingOf(kib))}`, `s3://${bucket}/${key}`);
      await empty(s3, bucket);
      return measured;
    },
    readingProvider: `${speechUrl}/reading`,
    stalledProvider: `${speechUrl}/stalled`,
    async stop() {
      source.disconnect();
      speech.disconnect();
      await s3.stop();
    },
  };
}

async function empty(s3: SeaweedFs, Bucket: string): Promise<void> {
  const client = s3Client(s3);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  const Objects = Contents.map(({ Key }) => ({ Key }));
  if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  client.destroy();
}

/** All in turn, beginning with another one each round; a first round that warms the servers is not counted. */
export async function inTurn(ways: readonly Round[], rounds: number): Promise<RelayMeasurement[][]> {
  const measured: RelayMeasurement[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const results: RelayMeasurement[] = [];
    for (let turn = 0; turn < ways.length; turn += 1) {
      const at = (round + turn) % ways.length;
      const run = ways[at];
      if (run) results[at] = await run(`${round}/${at}.wav`);
    }
    if (round > 0) measured.push(results);
  }
  return measured;
}
