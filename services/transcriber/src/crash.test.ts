import { createHash } from 'node:crypto';
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
type Failure = { step: number; when: 'before' | 'after' };
const NO_FAILURE: Failure = { step: 0, when: 'before' };

async function attempt({ step: failAt, when }: Failure, options: { isKilled?: boolean } = {}) {
  const deepgram = await startDeepgram();
  const twilio = await startTwilio();
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const names: string[] = [];
  let isDead = false;
  const step = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
    // A killed process does nothing more, whatever it was going to do next.
    if (isDead) throw new Error('dead');
    names.push(name);
    const fails = names.length === failAt;
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
    put: (key, body, putOptions) => step(`put ${key.slice(folder.length + 1)}`, () => store.put(key, body, putOptions)),
  };
  const publish = (events: readonly OnrecordEvent[]) =>
    step(`publish ${events.map(({ type }) => type.split('.')[2])}`, async () => void published.push(...events));
  const open = () =>
    openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store: counted, published, publish });

  const first = await open()
    .run()
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const paidByFirst = deepgram.paid.length;
  isDead = false;
  await open().run(cleared());
  return { first, names, published, deepgram, paidByFirst, objects: await contents(store) };
}

async function contents(store: ObjectStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.listVersions(`${folder}/`)) {
    const { body } = await store.get(key);
    const hash = createHash('sha256');
    for await (const piece of body) hash.update(piece);
    found[key.slice(folder.length + 1)] = hash.digest('hex');
  }
  return found;
}

const STEPS = [
  'put media.wav',
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
const failures = STEPS.flatMap((name, index) =>
  (['before', 'after'] as const).map((when) => ({ name, when, step: index + 1 })),
);

describe('handling a recording again after it failed', () => {
  let undisturbed: Awaited<ReturnType<typeof attempt>>;
  const finalState = ({ objects, published }: typeof undisturbed) => ({
    objects,
    events: [...new Map(published.map((event) => [event.id, event])).values()],
  });

  it('has these steps', async () => {
    undisturbed = await attempt(NO_FAILURE);
    expect([...new Set(undisturbed.names)].sort()).toEqual([...STEPS].sort());
    expect(undisturbed.objects['media.wav']).toBe(sha256Of(recordingAudio));
  });

  beforeAll(() => {
    expect(new Set(STEPS).size).toBe(STEPS.length);
  });

  it.each(failures)('ends the same when it fails $when "$name"', async ({ step, when, name }) => {
    const run = await attempt({ step, when });
    expect(finalState(run)).toEqual(finalState(undisturbed));
    // What was stored is never paid again, and an answer in hand is stored by trying again.
    if (name !== 'put media.wav') expect(run.deepgram.paid).toHaveLength(1);
    else expect(run.deepgram.paid.length).toBeLessThanOrEqual(2);
  });

  it.each(failures)('ends the same when the process dies $when "$name"', async ({ step, when }) => {
    const run = await attempt({ step, when }, { isKilled: true });
    expect(run.first).toBeInstanceOf(Error);
    expect(finalState(run)).toEqual(finalState(undisturbed));
    const wasStored = step > STEPS.indexOf('put provider-response.json') + (when === 'after' ? 0 : 1);
    if (wasStored) expect(run.deepgram.paid).toHaveLength(1);
    else expect(run.deepgram.paid.length - run.paidByFirst).toBe(1);
  });
});
