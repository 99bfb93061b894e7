import { generateKeyPairSync } from 'node:crypto';
import type { RestFailure, Simulator } from '@onrecord/simulator/simulator';
import { describe, expect, it } from 'vitest';
import { type Clearance, keysOf } from './clearance.ts';
import { handleByPolicy } from './testing/by-policy.ts';
import { accountSid, cleared, openPipeline, openTestStore, sha256Of } from './testing/pipeline.ts';
import { AUTH_TOKEN, callOf, recordCall, startTestSimulator } from './testing/simulator.ts';

const SPEECH_TIMEOUT_MS = 60_000;
const publicKeySid = `CR${'c'.repeat(32)}`;
const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const call = callOf([
  { party: 'Ann', text: 'Hello, I would like to change my delivery address.' },
  { party: 'Bob', text: 'Of course. What is your order number?' },
]);

async function record({ isEncrypted = false } = {}) {
  const simulator = await startTestSimulator();
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  if (isEncrypted) simulator.setUpAccount({ recordingEncryption: { publicKeySid, publicKey } });
  const recording = await recordCall(simulator, call);
  return { simulator, recording };
}

async function archive({ simulator, recording }: Awaited<ReturnType<typeof record>>, failures: RestFailure[] = []) {
  for (const failure of failures) simulator.failRest({ on: 'media', ...failure });
  const { store } = await openTestStore();
  const pipeline = openPipeline({
    twilioUrl: simulator.url,
    deepgramUrl: simulator.url,
    store,
    published: [],
    providerName: 'simulator',
    recordingKeys: new Map([[publicKeySid, pair.privateKey]]),
    mediaFormat: 'mp3',
  });
  const { callSid, channels, duration, sid: recordingSid, startTime: startedAt } = recording;
  const said = { channels, durationSeconds: duration ?? 0, startedAt };
  const event = cleared({ recordingSid, callSid: callSid ?? undefined, recording: said });
  const outcome = await handleByPolicy(pipeline.run, event);
  const keys = keysOf(event.data as Clearance);
  const read = async (key: string) => Buffer.concat(await (await store.get(key)).body.toArray());
  const json = async (key: string) => JSON.parse((await read(key)).toString('utf8'));
  return { outcome, keys, read, json, store };
}

const served = async ({ url }: Simulator, recordingSid: string) => {
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${AUTH_TOKEN}`)}` };
  const path = `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.mp3`;
  return Buffer.from(await (await fetch(`${url}${path}`, { headers })).arrayBuffer());
};

describe('an MP3 by LAME, over the real protocol on both sides', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it('is archived as it was served, and each turn is its speaker’s', async () => {
    const recorded = await record();
    const { outcome, keys, read, json } = await archive(recorded);
    expect(outcome).toEqual({ attempts: 1, waitsMs: [] });
    const mp3 = await read(keys.media.mp3);
    expect(mp3.equals(await served(recorded.simulator, recorded.recording.sid))).toBe(true);
    expect(await json(keys.manifest)).toMatchObject({
      media: { sha256: sha256Of(mp3), contentType: 'audio/mpeg' },
      audio: { container: 'mp3', channels: 2 },
      warnings: [],
    });
    const { turns } = await json(keys.transcript);
    expect(turns.map(({ speaker, text }: { speaker: string; text: string }) => [speaker, text])).toEqual([
      ['caller', 'Hello, I would like to change my delivery address.'],
      ['agent', 'Of course. What is your order number?'],
    ]);
  });

  it.each<[string, RestFailure]>([
    ['a connection that breaks in its audio', { cutAfterBytes: 6_000 }],
    ['a body that is short though HTTP calls it whole', { shortByBytes: 10 }],
    ['a Content-Length that is too long', { media: 'long-length' }],
    ['zero bytes', { media: 'empty' }],
    ['XML with status 200', { media: 'xml-error' }],
    ['JSON with status 200', { media: 'json-error' }],
    ['503', { status: 503 }],
  ])('is whole in two attempts after %s', async (_fault, failure) => {
    const recorded = await record();
    const { outcome, keys, read } = await archive(recorded, [failure]);
    expect(outcome).toMatchObject({ attempts: 2 });
    const mp3 = await served(recorded.simulator, recorded.recording.sid);
    expect((await read(keys.media.mp3)).equals(mp3)).toBe(true);
  });

  it('is fetched in the end where a WAV came once that was too short', async () => {
    const recorded = await record();
    const { outcome, keys, json, store } = await archive(recorded, [{ media: 'wav' }]);
    expect(outcome).toMatchObject({ attempts: 2 });
    expect(await json(keys.manifest)).toMatchObject({ media: { key: keys.media.mp3 } });
    expect(await store.head(keys.media.wav)).toBeUndefined();
  });

  it('is not to be had of an encrypted recording, which is decrypted from its WAV, with a warning', async () => {
    const recorded = await record({ isEncrypted: true });
    const { outcome, keys, read, json } = await archive(recorded);
    expect(outcome).toEqual({ attempts: 1, waitsMs: [] });
    expect(sha256Of(await read(keys.media.wav))).toBe(recorded.recording.media?.sha256);
    expect(await json(keys.manifest)).toMatchObject({
      source: { url: expect.stringMatching(/\.wav$/), encryption: { publicKeySid } },
      audio: { container: 'wav' },
      warnings: [{ kind: 'other-format-than-wanted' }],
    });
  });
});
