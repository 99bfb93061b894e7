import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ObjectStore, PutOptions } from '@onrecord/shared/object-store/port';
import { describe, expect, it, vi } from 'vitest';
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
import { wav } from './testing/wav.ts';

/** As long as the recording, and not the recording. */
const otherAudio = Buffer.from(recordingAudio).fill(7, 44);
const media = `${folder}/media.wav`;
const audioWav = { contentType: 'audio/wav' };
const settled: Pick<PutOptions, 'contentType' | 'createOnly'> = { ...audioWav, createOnly: true };

type Put = ObjectStore['put'];

async function start(instead: (store: ObjectStore, legEnds: () => readonly string[]) => Put) {
  const deepgram = await startDeepgram();
  const twilio = await startTwilio();
  const { store, read } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const put: Put = (...args) => instead(store, () => pipeline.legEnds)(...args);
  const parts = { twilioUrl: twilio.url, deepgramUrl: deepgram.url, published };
  const pipeline = openPipeline({ ...parts, store: { ...store, put } });
  const json = async (name: string) => JSON.parse((await read(name)).toString('utf8'));
  return { ...pipeline, deepgram, store, json, published };
}

const untouched = (store: ObjectStore): Put => store.put;

// Two workers stored the same recording at the same moment, in a bucket without versions: both were told that they had won, and
// the transcript was made from other audio than the manifest vouches for.
describe('audio that is not what its manifest names', () => {
  it.each([
    ['as long', otherAudio, /SHA-256 \w+ instead of/],
    ['longer', wav({ seconds: 3, channels: 2 }), /bytes instead of/],
  ])('is not transcribed, and never sent whole, when it is %s', async (_length, replacement, difference) => {
    const { run, deepgram, store, json } = await start(untouched);
    await run(cleared({ purposes: ['store'] }));
    await store.put(media, replacement, audioWav);
    const failure = { stage: 'archived-audio', kind: 'permanent', message: expect.stringMatching(difference) };
    await expect(run()).rejects.toMatchObject(failure);
    expect(deepgram.paid).toEqual([]);
    expect(await store.head(`${folder}/provider-response.json`)).toBeUndefined();
    expect((await json('manifest.json')).media.sha256).toBe(sha256Of(recordingAudio));
  });

  it('gets no answer to audio that was relayed and then refused by the store', async () => {
    const { run, deepgram, json, legEnds } = await start((store, ends) => (key, body, options) => {
      const anotherIsFaster = async function* () {
        yield* body as AsyncIterable<Uint8Array>;
        await vi.waitFor(() => expect(ends()).toEqual(['answered']));
        await store.put(media, otherAudio, settled);
      };
      return store.put(key, key === media ? anotherIsFaster() : body, options);
    });
    await run();
    expect(legEnds).toEqual(['answered']);
    expect(deepgram.paid).toEqual([sha256Of(recordingAudio), sha256Of(otherAudio)]);
    expect((await json('provider-request.json')).audioSha256).toBe(sha256Of(otherAudio));
    expect((await json('transcript.json')).audio.sha256).toBe(sha256Of(otherAudio));
  });

  it('gets no answer to audio that was relayed when another’s manifest was faster', async () => {
    const { run, deepgram, json } = await start((store) => async (key, body, options) => {
      if (key === `${folder}/manifest.json`) {
        const manifest = JSON.parse((body as Buffer).toString('utf8'));
        const others = { ...manifest, media: { ...manifest.media, sha256: sha256Of(otherAudio) } };
        await store.put(media, otherAudio, audioWav);
        await store.put(key, Buffer.from(JSON.stringify(others)), { ...options, createOnly: true });
      }
      return store.put(key, body, options);
    });
    await run();
    expect(deepgram.paid).toContain(sha256Of(otherAudio));
    expect((await json('provider-request.json')).audioSha256).toBe(sha256Of(otherAudio));
    expect((await json('transcript.json')).audio.sha256).toBe(sha256Of(otherAudio));
  });
});
