import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cleared,
  folder,
  openPipeline,
  openTestStore,
  recordingAudio,
  sha256Of,
  startDeepgram,
  startTwilio,
} from './testing/pipeline.ts';

/**
 * Every effect of handling a recording is a step: a put into the store or a publish. Each is made to fail once, before it is done
 * and after it was done (its answer was lost), and the event is handled again, as after a crash.
 */
type Failure = { name: string; when: 'before' | 'after' };
const NO_FAILURE: Failure = { name: 'nothing', when: 'before' };

async function attempt({ name: failAt, when }: Failure, options: { isKilled?: boolean } = {}) {
  // One for each life: what the first had on its way when it ended may arrive at any time.
  const [deepgram, next] = [await startDeepgram(), await startDeepgram()];
  const twilio = await startTwilio();
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const names: string[] = [];
  let isDead = false;
  const step = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
    // A killed process does nothing more, whatever it was going to do next.
    if (isDead) throw new Error('dead');
    const fails = name === failAt && !names.includes(name);
    names.push(name);
    if (fails && options.isKilled) isDead = true;
    if (fails && when === 'before') throw new Error(`killed before ${name}`);
    const result = await effect();
    if (fails) throw new Error(`killed after ${name}`);
    return result;
  };
  const counted: ObjectStore = {
    ...store,
    // The test's folder has a new name each time.
    uri: 'file:///recordings',
    put: (key, body, putOptions) => step(`put ${nameIn(key)}`, () => store.put(key, body, putOptions)),
  };
  const publish = (events: readonly OnrecordEvent[]) =>
    step(`publish ${events.map(({ type }) => type.split('.')[2])}`, async () => void published.push(...events));
  // Its price does not depend on a port.
  const parts = { twilioUrl: twilio.url, providerName: 'simulator', store: counted, published, publish } as const;

  const first = await openPipeline({ ...parts, deepgramUrl: deepgram.url })
    .run()
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  isDead = false;
  await openPipeline({ ...parts, deepgramUrl: next.url }).run(cleared());
  const paid = [...deepgram.paid, ...next.paid];
  return { first, names, published, paid, paidByNext: next.paid.length, objects: await contents(store) };
}

/** Of a note of a request without the fingerprint of its options. */
const nameIn = (key: string) => key.slice(folder.length + 1).replace(/(provider-sent)\.\w+/, '$1');

async function contents(store: ObjectStore): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for await (const { key } of store.listVersions(`${folder}/`)) {
    found[nameIn(key)] = Buffer.concat(await (await store.get(key)).body.toArray());
  }
  return found;
}

const STEPS = [
  'put media.wav',
  'put provider-sent.1.json',
  'put waveform.json',
  'put manifest.json',
  'publish archived',
  'put provider-request.json',
  'put provider-response.json',
  'put transcript.vtt',
  'put transcript.srt',
  'put transcript.txt',
  'put transcript.json',
  'publish completed',
];
const failures = STEPS.flatMap((name) => (['before', 'after'] as const).map((when) => ({ name, when })));

describe('handling a recording again after it failed', () => {
  let undisturbed: Awaited<ReturnType<typeof attempt>>;
  /** Without what tells how often it was sent. */
  const finalState = ({ objects, published }: typeof undisturbed) => ({
    objects: Object.fromEntries(
      Object.entries(objects)
        .filter(([name]) => !name.startsWith('provider-sent'))
        .map(([name, bytes]) => [name, name === 'transcript.json' ? withoutSending(bytes) : sha256Of(bytes)]),
    ),
    events: [...new Map(published.map((event) => [event.id, event])).values()].map((event) => ({
      ...event,
      data: { ...event.data, uncertainSeconds: undefined, transcript: undefined },
    })),
  });
  const withoutSending = (transcript: Buffer) => ({
    ...JSON.parse(transcript.toString('utf8')),
    uncertainSeconds: undefined,
  });
  const uncertainSeconds = ({ objects }: typeof undisturbed): number =>
    JSON.parse(String(objects['transcript.json'])).uncertainSeconds;

  it('has these steps', async () => {
    undisturbed = await attempt(NO_FAILURE);
    expect([...new Set(undisturbed.names)].sort()).toEqual([...STEPS].sort());
    expect(undisturbed.objects['media.wav']?.equals(recordingAudio)).toBe(true);
    expect(uncertainSeconds(undisturbed)).toBe(0);
  });

  beforeAll(() => {
    expect(new Set(STEPS).size).toBe(STEPS.length);
  });

  it.each(failures)('ends the same when it fails $when "$name"', async ({ when, name }) => {
    const run = await attempt({ name, when });
    expect(finalState(run)).toEqual(finalState(undisturbed));
    // What was stored is never paid again, and an answer in hand is stored by trying again.
    if (name !== 'put media.wav') expect(run.paid).toHaveLength(1);
    else expect(run.paid.length).toBeLessThanOrEqual(2);
    expectToldOfTwice(run);
  });

  /** Two seconds on two channels. */
  const expectToldOfTwice = (run: typeof undisturbed) =>
    expect(uncertainSeconds(run)).toBeGreaterThanOrEqual(4 * (run.paid.length - 1));

  it.each(failures)('ends the same when the process dies $when "$name"', async ({ name, when }) => {
    const run = await attempt({ name, when }, { isKilled: true });
    expect(run.first).toBeInstanceOf(Error);
    expect(finalState(run)).toEqual(finalState(undisturbed));
    expectToldOfTwice(run);
    const wasStored = STEPS.indexOf(name) + (when === 'after' ? 1 : 0) > STEPS.indexOf('put provider-response.json');
    if (wasStored) expect(run.paid).toHaveLength(1);
    else expect(run.paidByNext).toBe(1);
  });
});
