import { createHash } from 'node:crypto';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { S3StoreOptions } from '@onrecord/shared/object-store/options';
import type { ObjectVersion } from '@onrecord/shared/object-store/port';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { s3Client } from '../servers/buckets.ts';
import { type Surroundings, surround } from './kill-points/surroundings.ts';
import { type Relayed, World } from './kill-points/world.ts';

/**
 * A transcriber as a real process is killed at every moment of a recording's way that its sockets show: before each request, in the
 * middle of each long body, and when the server is done and the answer has not arrived. Between two of them it waits for nothing
 * but its own processor. The moments are those of a life that nobody disturbs; a process that finds what a killed one left does other
 * things as well, and is killed at those, too.
 */
const WORLDS = 4;
/** Two minutes on two processors that have nothing else to do; ten times that beside many other things. */
const TIMEOUT_MS = 1_800_000;
/** What is there after these makes the next process go another way. */
const AUDIO_IS_STORED = 'store: POST media.wav, completion of upload: done and unanswered';
const ANSWER_IS_STORED = 'store: PUT provider-response.json: done and unanswered';
/** Written once: of these there is never a second version. */
const EVIDENCE = ['manifest.json', 'media.wav', 'provider-request.json', 'provider-response.json', 'waveform.json'];
/** What is made of audio, or of an answer about it: not there before the manifest. */
const NAMES_THE_AUDIO = /^(manifest|provider-request|provider-response|transcript)\./;

describeWith('s3', (seaweedfs) => {
  test('a transcriber killed at every moment loses, truncates and doubles nothing', { timeout: TIMEOUT_MS }, async ({
    annotate,
  }) => {
    const given = await surround(seaweedfs);
    const look = openEyes(given);
    // A process that is killed keeps nothing of what it compiled; one that ends by itself does, for all that come after it.
    await (await World.start(given)).stop();
    const worlds = await Promise.all(Array.from({ length: WORLDS }, () => World.start(given)));
    onTestFinished(async () => void (await Promise.all(worlds.map((world) => world.stop()))));

    const points = await findPoints(worlds, look);
    expect(points.map((kills) => kills.at(-1))).toEqual(expect.arrayContaining(SOME));
    const left = [...points];
    const work = async (world: World) => {
      for (let kills = left.shift(); kills; kills = left.shift()) await killAndLook(world, kills, look);
    };
    await Promise.all(worlds.map(work));

    expect(left).toEqual([]);
    console.info(`killed at ${points.length} points`);
    await annotate(points.map((kills) => kills.join(', then ')).join('\n'));
    await look.sweep();
  });
});

/** Of each server something; what is new on the way is found without being listed here. */
const SOME = [
  'twilio: GET media: half received',
  'provider: listen: half sent',
  'store: PUT media.wav, part 1: half sent',
  AUDIO_IS_STORED,
  'store: PUT manifest.json: done and unanswered',
  'log: recording.archived: before',
  'store: GET media.wav: half received',
  ANSWER_IS_STORED,
  'log: transcript.completed: done and unanswered',
  'log: commit: done and unanswered',
];

type Eyes = ReturnType<typeof openEyes>;

/** Each point is the moments at which one process after the other is killed. */
async function findPoints([world, other, another]: readonly World[], look: Eyes): Promise<string[][]> {
  if (!world || !other || !another) throw new Error('three lives are looked at, each in a world of its own');
  const [undisturbed, afterAudio, afterAnswer] = await Promise.all([
    killAndLook(world, [], look),
    killAndLook(other, [AUDIO_IS_STORED], look),
    killAndLook(another, [ANSWER_IS_STORED], look),
  ]);
  const known = new Set(undisturbed);
  const further = (first: string, moments: readonly string[]) =>
    moments.filter((moment) => !known.has(moment) && known.add(moment)).map((moment) => [first, moment]);
  return [
    ...undisturbed.map((moment) => [moment]),
    ...further(AUDIO_IS_STORED, afterAudio),
    ...further(ANSWER_IS_STORED, afterAnswer),
  ];
}

async function killAndLook(world: World, kills: readonly string[], look: Eyes): Promise<readonly string[]> {
  try {
    const relayed = await world.relay(kills, look.whileDead);
    await look.atEnd(relayed, kills.length);
    return relayed.moments;
  } catch (cause) {
    throw new Error(`killed at ${kills.join(', then ')}: ${(cause as Error).message}`, { cause });
  }
}

/** Looks into the bucket past all wires. */
function openEyes({ bucket, recording, seaweedfs }: Surroundings) {
  const served = recording.media ?? { bytes: 0, sha256: '' };
  const client = s3Client(seaweedfs);
  const open = async (options: Partial<S3StoreOptions>) => {
    const { endpoint, region } = seaweedfs;
    const place = { kind: 's3', bucket, prefix: '', endpoint, region } as const;
    const store = await openObjectStore({ ...place, credentials: seaweedfs, forcePathStyle: true, ...options });
    onTestFinished(() => store.close());
    return store;
  };
  onTestFinished(() => client.destroy());
  const store = open({});
  const read = async (key: string) => Buffer.concat(await (await (await store).get(key)).body.toArray());
  const json = async (key: string) => JSON.parse((await read(key)).toString('utf8'));

  /** What holds at any time, also between a kill and the next start. */
  const whileDead = async (folder: string): Promise<string[]> => {
    const versions: ObjectVersion[] = [];
    for await (const version of (await store).listVersions(folder)) versions.push(version);
    const names = versions.map(({ key }) => key.slice(folder.length));
    for (const name of EVIDENCE) expect(names.filter((each) => each === name).length, name).toBeLessThanOrEqual(1);
    for (const { key, bytes } of versions) if (key.endsWith('/media.wav')) expect(bytes).toBe(served.bytes);
    if (names.some((name) => NAMES_THE_AUDIO.test(name))) {
      expect((await json(`${folder}manifest.json`)).media.sha256).toBe(served.sha256);
    }
    if (names.includes('transcript.json')) {
      expect((await json(`${folder}transcript.json`)).audio.sha256).toBe(served.sha256);
    }
    return names;
  };

  const atEnd = async ({ events, folder, paid }: Relayed, kills: number) => {
    const names = await whileDead(folder);
    expect(names).toEqual(expect.arrayContaining([...EVIDENCE, 'transcript.json', 'transcript.vtt']));
    const sha256 = createHash('sha256').update(await read(`${folder}media.wav`));
    expect(sha256.digest('hex')).toBe(served.sha256);
    const told = [...new Set(events.map(({ type, data }) => JSON.stringify([type, data])))].map((each) =>
      JSON.parse(each),
    );
    expect(told).toEqual([
      ['onrecord.recording.archived.v1', expect.objectContaining({ media: expect.objectContaining({ ...served }) })],
      ['onrecord.transcript.completed.v1', expect.objectContaining({ audioSha256: served.sha256 })],
    ]);
    expect(paid).toBeLessThanOrEqual(kills + 1);
    expect(names.filter((name) => name.startsWith('provider-sent.')).length).toBeGreaterThanOrEqual(paid);
  };

  const uploads = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  const sweep = async () => {
    expect(await uploads()).not.toEqual([]);
    await open({ sweepEveryMs: 50, staleUploadMs: 1 });
    await vi.waitFor(async () => expect(await uploads()).toEqual([]), { interval: 50 });
  };
  return { whileDead: async (folder: string) => void (await whileDead(folder)), atEnd, sweep };
}
