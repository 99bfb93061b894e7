import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { type ObjectStore, ObjectStoreError } from '@onrecord/shared/object-store/port';
import type { RecordingState, RestFailure, Simulator } from '@onrecord/simulator/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clearance, keysOf } from './clearance.ts';
import { handleByPolicy } from './testing/by-policy.ts';
import { accountSid, cleared, openPipeline, openTestStore, sha256Of } from './testing/pipeline.ts';
import { AUTH_TOKEN, callOf, openSimulator, recordCall } from './testing/simulator.ts';

/** Each fault of Twilio's side, over real sockets, and what becomes of the recording by the retry policy as it is in force. */
const SPEECH_TIMEOUT_MS = 60_000;
const EVERY_TIME = 1_000;
const publicKeySid = `CR${'c'.repeat(32)}`;
const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 2_048 });
const [pair, otherPair] = [keyPair(), keyPair()];
const call = callOf([
  { party: 'Ann', text: 'Hello.' },
  { party: 'Bob', text: 'Hello, how can I help?' },
]);

let simulator: Simulator;
let recordings: Record<'plain' | 'encrypted' | 'deleted' | 'deletedInReading', RecordingState>;
let stop = async () => {};

beforeAll(async () => {
  ({ simulator, stop } = await openSimulator());
  const record = () => recordCall(simulator, call);
  const plain = await record();
  const deleted = await record();
  const deletedInReading = await record();
  await deleteAtTwilio(deleted.sid);
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  simulator.setUpAccount({ recordingEncryption: { publicKeySid, publicKey } });
  recordings = { plain, deleted, deletedInReading, encrypted: await record() };
}, SPEECH_TIMEOUT_MS);

afterEach(() => simulator.faults.clear());

afterAll(() => stop());

async function deleteAtTwilio(recordingSid: string): Promise<void> {
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${AUTH_TOKEN}`)}` };
  const path = `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.json`;
  expect((await fetch(`${simulator.url}${path}`, { method: 'DELETE', headers })).status).toBe(204);
}

type Keys = ReadonlyMap<string, typeof pair.privateKey>;
const rightKey: Keys = new Map([[publicKeySid, pair.privateKey]]);

interface Around {
  recordingKeys?: Keys;
  /** The store fails so often to take the manifest. */
  manifestFailures?: number;
  /** Happens between an attempt that failed and the next one. */
  meanwhile?: () => Promise<void>;
}

async function relay(of: keyof typeof recordings, failures: readonly RestFailure[], around: Around = {}) {
  const { recordingKeys = rightKey } = around;
  let manifestFailures = around.manifestFailures ?? 0;
  const recording = recordings[of];
  for (const failure of failures) simulator.failRest({ on: 'media', ...failure });
  const { store, folder } = await openTestStore();
  const put: ObjectStore['put'] = async (key, body, options) => {
    if (!key.endsWith('/manifest.json') || manifestFailures === 0) return store.put(key, body, options);
    manifestFailures -= 1;
    throw new ObjectStoreError('the store is away', { retryable: true });
  };
  const published: OnrecordEvent[] = [];
  const { url } = simulator;
  const pipeline = openPipeline({
    twilioUrl: url,
    deepgramUrl: url,
    store: { ...store, put },
    published,
    providerName: 'simulator',
    // A busy machine must not be taken for a silent server.
    mediaBodyTimeoutMs: failures.some(({ media }) => media === 'stall') ? 300 : 10_000,
    recordingKeys,
  });
  const { sid: recordingSid, callSid, channels, startTime: startedAt } = recording;
  const said = { channels, durationSeconds: recording.duration ?? 0, startedAt };
  const event = cleared({ recordingSid, callSid: callSid ?? undefined, recording: said });
  const outcome = await handleByPolicy(pipeline.run, event, around.meanwhile);
  const keys = keysOf(event.data as Clearance);
  const read = async (key: string) => Buffer.concat(await (await store.get(key)).body.toArray());
  const json = async (key: string) => JSON.parse((await read(key)).toString('utf8'));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const all = files.map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
  // That something was sent stays known, whatever became of the recording.
  const names = all.filter((name) => !basename(name).startsWith('provider-sent.'));
  return { outcome, recording, published, keys, names, read, json };
}

/** Whole, once, with one transcript of these very bytes, and nothing beside it. */
async function expectDone({ published, keys, names, read, json }: Awaited<ReturnType<typeof relay>>) {
  const manifest = await json(keys.manifest);
  const sha256 = sha256Of(await read(keys.media.wav));
  expect(manifest.media.sha256).toBe(sha256);
  expect((await json(keys.transcript)).audio.sha256).toBe(sha256);
  expect(published.map(({ type }) => type)).toEqual([
    'onrecord.recording.archived.v1',
    'onrecord.transcript.completed.v1',
  ]);
  expect(names).toContain(keys.media.wav);
  expect(names.filter((name) => dirname(name) !== dirname(keys.media.wav))).toEqual([]);
  return { manifest, sha256 };
}

describe('a recording is done after', { timeout: SPEECH_TIMEOUT_MS }, () => {
  it.each<[string, number, RestFailure]>([
    ['404 until it is ready', 3, { status: 404, count: 2 }],
    ['429', 2, { status: 429 }],
    ['500', 2, { status: 500 }],
    ['503', 3, { status: 503, count: 2 }],
    ['a redirect on the same host', 1, { redirectTo: '?RequestedChannels=2' }],
    ['a connection that breaks in its header', 2, { cutAfterBytes: 20 }],
    ['a connection that breaks in its audio', 2, { cutAfterBytes: 20_000 }],
    ['a body that is short though HTTP calls it whole', 2, { shortByBytes: 10 }],
    ['a Content-Length that is too long', 2, { media: 'long-length' }],
    ['a Content-Length that is too short', 2, { media: 'short-length' }],
    ['no Content-Length', 1, { media: 'no-length' }],
    ['a server that falls silent', 2, { media: 'stall' }],
    ['zero bytes', 2, { media: 'empty' }],
    ['a header that promises more', 2, { media: 'bad-sizes' }],
    ['XML with status 200', 2, { media: 'xml-error' }],
    ['JSON with status 200', 2, { media: 'json-error' }],
  ])('%s, in %i attempt(s)', async (_fault, attempts, failure) => {
    const relayed = await relay('plain', [failure]);
    expect(relayed.outcome).toMatchObject({ attempts });
    expect(relayed.outcome.reason).toBeUndefined();
    const { manifest, sha256 } = await expectDone(relayed);
    expect(sha256).toBe(relayed.recording.media?.sha256);
    expect(manifest.source).not.toHaveProperty('encryption');
  });

  it('the wait that Twilio asks for', async () => {
    const { outcome } = await relay('plain', [{ status: 429, retryAfterSeconds: 90 }]);
    expect(outcome).toEqual({ attempts: 2, waitsMs: [90_000] });
  });

  it('a header of unknown sizes, as writers of streams leave it', async () => {
    const relayed = await relay('plain', [{ media: 'streaming-sizes' }]);
    expect(relayed.outcome).toEqual({ attempts: 1, waitsMs: [] });
    const { manifest } = await expectDone(relayed);
    expect(manifest.media.bytes).toBe(relayed.recording.media?.bytes);
    expect(manifest.warnings).toEqual([]);
  });

  it.each<[string, number, RestFailure[]]>([
    ['it was encrypted', 1, []],
    ['it was encrypted and its tag damaged on the way', 2, [{ media: 'damaged-end' }]],
    ['it was encrypted and its end missing', 2, [{ shortByBytes: 1 }]],
  ])('%s, and its manifest names the key', async (_fault, attempts, failures) => {
    const relayed = await relay('encrypted', failures);
    expect(relayed.outcome).toMatchObject({ attempts });
    const { manifest, sha256 } = await expectDone(relayed);
    expect(sha256).toBe(relayed.recording.media?.sha256);
    expect(manifest.source.encryption).toEqual({ type: 'rsa-aes', publicKeySid });
  });

  it('it was encrypted and stored by an attempt that could not describe it', async () => {
    const relayed = await relay('encrypted', [], { manifestFailures: 3 });
    expect(relayed.outcome).toMatchObject({ attempts: 2 });
    const { manifest } = await expectDone(relayed);
    expect(manifest.source.encryption).toEqual({ type: 'rsa-aes', publicKeySid });
  });
});

describe('a recording ends as a dead letter, and leaves nothing, after', { timeout: SPEECH_TIMEOUT_MS }, () => {
  const ever = { count: EVERY_TIME };
  const { maxAttempts } = DEFAULT_RETRY_POLICY;

  it.each<[string, number, RestFailure, RegExp]>([
    ['404 that stays', maxAttempts, { status: 404, ...ever }, /status is "completed": not ready yet/],
    ['401', maxAttempts, { status: 401, ...ever }, /answered 401 .*: check TWILIO_ACCOUNT_SID/],
    ['403', maxAttempts, { status: 403, ...ever }, /answered 403 .*: check TWILIO_ACCOUNT_SID/],
    ['503 that stays', maxAttempts, { status: 503, ...ever }, /answered 503/],
    ['a redirect into this network', 1, { redirectTo: 'http://localhost:9/secret' }, /not a public address/],
    ['a redirect to cloud metadata', 1, { redirectTo: 'http://169.254.169.254/latest' }, /not a public address/],
    ['redirects in a circle', maxAttempts, { redirectTo: '?again', ...ever }, /more than 3 redirects/],
    ['a connection that always breaks', maxAttempts, { cutAfterBytes: 20_000, ...ever }, /could not be read from/],
    ['a header that always promises more', maxAttempts, { media: 'bad-sizes', ...ever }, /its header promises/],
    ['XML each time', maxAttempts, { media: 'xml-error', ...ever }, /no WAV recording: .* a text/],
    ['zero bytes each time', maxAttempts, { media: 'empty', ...ever }, /is empty/],
    ['an mp3 under the name of a WAV', 1, { media: 'mp3' }, /no WAV recording: .* the bytes 494433/],
  ])('%s, at attempt %i', async (_fault, attempts, failure, reason) => {
    const { outcome, names, published } = await relay('plain', [failure]);
    expect(outcome.reason).toMatch(reason);
    expect(outcome.attempts).toBe(attempts);
    expect([names, published]).toEqual([[], []]);
  });

  it.each<[string, RestFailure[], Keys, RegExp]>([
    ['no key', [], new Map(), new RegExp(`add ${publicKeySid} to RECORDING_KEYS_FILE`)],
    ['another key', [], new Map([[publicKeySid, otherPair.privateKey]]), /is not the private key of that public key/],
    ['a tag that never matches', [{ media: 'damaged-end', ...ever }], rightKey, /authentication tag does not match/],
  ])('encryption with %s', async (_fault, failures, keys, reason) => {
    const { outcome, names, published } = await relay('encrypted', failures, { recordingKeys: keys });
    expect(outcome.reason).toMatch(reason);
    expect(outcome.attempts).toBe(maxAttempts);
    expect([names, published]).toEqual([[], []]);
  });

  it('it was deleted at Twilio before it was fetched', async () => {
    const { outcome, names } = await relay('deleted', []);
    expect(outcome).toMatchObject({ attempts: 1, reason: expect.stringMatching(/"deleted": it was deleted there/) });
    expect(names).toEqual([]);
  });

  it('it was deleted at Twilio while it was read', async () => {
    const meanwhile = () => deleteAtTwilio(recordings.deletedInReading.sid);
    const { outcome, names } = await relay('deletedInReading', [{ cutAfterBytes: 20_000 }], { meanwhile });
    expect(outcome).toMatchObject({ attempts: 2, reason: expect.stringMatching(/"deleted": it was deleted there/) });
    expect(names).toEqual([]);
  });

  it('leaves no transcript of a part at the provider either', async () => {
    const before = simulator.deepgram.requests.length;
    await relay('encrypted', [{ media: 'damaged-end', ...ever }]);
    simulator.faults.clear();
    // A short one is known to be damaged before anything of it is sent. Of one that stops coming, a part is sent.
    await relay('plain', [{ media: 'stall', ...ever }]);
    const sent = simulator.deepgram.requests.slice(before);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter(({ outcome }) => outcome === 'answered')).toEqual([]);
  });
});
