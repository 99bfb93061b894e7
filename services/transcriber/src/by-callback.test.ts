import { NothingToDoError } from '@onrecord/shared/event-log/failure-policy';
import { withdrawalKey } from '@onrecord/shared/events';
import { callbackKeys } from '@onrecord/shared/transcription/callback-objects';
import { expect, it } from 'vitest';
import { optionsFingerprint } from './domain/options-fingerprint.ts';
import { secret, startReceiver, startSimulatedDeepgram, startWorker } from './testing/archived-ways.ts';
import { serve } from './testing/http-server.ts';
import { accountSid, folder, openTestStore, recordingAudio, recordingSid, sha256Of } from './testing/pipeline.ts';

/** Everything that is needed, and workers of it as they are asked for. */
async function installation() {
  const simulator = await startSimulatedDeepgram();
  const { store, read } = await openTestStore();
  const receiver = await startReceiver(store);
  const callback = { baseUrl: receiver.url, secret };
  const worker = (options: Partial<Parameters<typeof startWorker>[0]> = {}) =>
    startWorker({ store, deepgramUrl: simulator.url, callback, ...options });
  const transcript = async () => JSON.parse((await read('transcript.json')).toString());
  const request = async () => JSON.parse((await read('provider-request.json')).toString());
  const keys = async () =>
    callbackKeys({ folder: `${folder}/`, audioSha256: '', optionsFingerprint: optionsFingerprint(await request()) });
  return { simulator, store, receiver, worker, transcript, read, keys, callback };
}

const completed = ['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1'];
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);
const asksOf = ({ deepgram }: { deepgram: { requests: readonly { query: string }[] } }) =>
  deepgram.requests.map(({ query }) => (new URLSearchParams(query).has('callback') ? 'callback' : 'direct'));

it('an answer is called back, kept as it came, and made into the transcript', async () => {
  const { simulator, worker, transcript, read, keys, store } = await installation();
  const { run, published } = await worker();
  await run();
  expect(typesOf(published)).toEqual(completed);
  expect(asksOf(simulator)).toEqual(['callback']);
  const called = Buffer.concat(await (await store.get((await keys()).answer)).body.toArray());
  expect((await read('provider-response.json')).equals(called)).toBe(true);
  expect(await transcript()).toMatchObject({ audio: { sha256: sha256Of(recordingAudio) }, billedSeconds: 4 });
});

it('neither the token nor the password is in an event or in what is stored', async () => {
  const { simulator, worker, read, store } = await installation();
  const { run, published } = await worker();
  await run();
  const url = new URL(new URLSearchParams(simulator.deepgram.requests[0]?.query).get('callback') ?? '');
  const secrets = [url.password, url.pathname.split('/').at(-1) ?? ''];
  const stored: string[] = [];
  for await (const { key } of store.listVersions(folder)) stored.push(String(await read(key.slice(folder.length + 1))));
  for (const each of secrets) {
    expect(each.length).toBeGreaterThan(40);
    expect(JSON.stringify(published)).not.toContain(each);
    expect(stored.join('\n')).not.toContain(each);
  }
});

it.each(['twice', 'forged', 'late'] as const)(
  'a callback that comes %s makes one transcript of the right answer',
  async (fault) => {
    const { simulator, worker, receiver, transcript } = await installation();
    simulator.deepgram.spoilCallback({ fault, delayMs: 500 });
    const { run, published } = await worker();
    await run();
    expect(typesOf(published)).toEqual(completed);
    expect((await transcript()).turns.length).toBeGreaterThan(0);
    await expect
      .poll(() => receiver.statuses)
      .toEqual(fault === 'late' ? [204] : fault === 'twice' ? [204, 204] : [403, 204]);
    expect(asksOf(simulator)).toEqual(['callback']);
  },
);

it('one that never comes is told with its reason, and asked for once more without a callback', async () => {
  const { simulator, worker } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'never' });
  const { run, published, uncertainSeconds } = await worker({ timeoutMs: 400 });
  await expect(run()).rejects.toMatchObject({
    stage: 'transcription-callback',
    kind: 'transient',
    message: expect.stringMatching(/never came.*PUBLIC_BASE_URL/),
  });
  expect(asksOf(simulator)).toEqual(['callback']);
  await run();
  expect(asksOf(simulator)).toEqual(['callback', 'direct']);
  expect(typesOf(published).at(-1)).toBe('onrecord.transcript.completed.v1');
  expect(await uncertainSeconds()).toBe(4);
});

it('one that comes after it was waited for is used, and not paid for again', async () => {
  const { simulator, worker, receiver } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'late', delayMs: 800 });
  const { run, published, uncertainSeconds } = await worker({ timeoutMs: 200 });
  await expect(run()).rejects.toMatchObject({ stage: 'transcription-callback' });
  await expect.poll(() => receiver.statuses).toEqual([204]);
  await run();
  expect(asksOf(simulator)).toEqual(['callback']);
  expect(typesOf(published).at(-1)).toBe('onrecord.transcript.completed.v1');
  expect(await uncertainSeconds()).toBe(0);
});

it('one that comes after the transcript was made from another answer changes nothing', async () => {
  const { simulator, worker, receiver, read } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'late', delayMs: 1_500 });
  const { run } = await worker({ timeoutMs: 200 });
  await expect(run()).rejects.toMatchObject({ stage: 'transcription-callback' });
  await run();
  const before = await read('transcript.json');
  await expect.poll(() => receiver.statuses).toEqual([204]);
  const again = await worker();
  await again.run();
  expect((await read('transcript.json')).equals(before)).toBe(true);
  expect(asksOf(simulator)).toEqual(['callback', 'direct']);
});

it('one that tells of a failure is followed by a request whose answer tells more', async () => {
  const { simulator, worker } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'failed' });
  const { run, published, uncertainSeconds } = await worker();
  await expect(run()).rejects.toMatchObject({
    stage: 'transcription-callback',
    kind: 'transient',
    message: expect.stringContaining('failed to process audio'),
  });
  await run();
  expect(asksOf(simulator)).toEqual(['callback', 'direct']);
  expect(typesOf(published).at(-1)).toBe(completed.at(-1));
  expect(await uncertainSeconds()).toBe(0);
});

it('a worker that is killed while it waits leaves the answer to the next one, and nothing is paid again', async () => {
  const { simulator, worker, store, callback } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'late', delayMs: 1_000 });
  let isKilled = false;
  const dying = (key: string) => {
    if (isKilled) throw new Error('this process is gone');
    return store.get(key);
  };
  const killed = await worker({ store: { ...store, get: async (key) => dying(key) } });
  const first = killed.run().catch(() => {});
  await expect.poll(() => simulator.deepgram.requests[0]?.outcome).toBe('answered');
  isKilled = true;
  await first;
  const next = await startWorker({ store, deepgramUrl: simulator.url, callback });
  await next.run();
  expect(typesOf(next.published)).toEqual(completed);
  expect(typesOf(killed.published)).toEqual(completed.slice(0, 1));
  expect(asksOf(simulator)).toEqual(['callback']);
});

it('of two workers that come at once one asks, and both end with the same transcript', async () => {
  const { simulator, worker, transcript } = await installation();
  const workers = [await worker(), await worker()];
  const outcomes = await Promise.allSettled(workers.map(({ run }) => run()));
  for (const [at, outcome] of outcomes.entries()) if (outcome.status === 'rejected') await workers[at]?.run();
  expect(asksOf(simulator)).toEqual(['callback']);
  for (const { published } of workers) expect(typesOf(published).at(-1)).toBe('onrecord.transcript.completed.v1');
  expect((await transcript()).turns.length).toBeGreaterThan(0);
});

it('a request that was refused is made again at once, with a callback', async () => {
  const { simulator, worker, store, keys } = await installation();
  simulator.deepgram.failNext({ status: 429, count: 1, retryAfterSeconds: 7 });
  const { run } = await worker();
  await expect(run()).rejects.toMatchObject({ stage: 'transcription-request', retryAfterMs: 7_000 });
  await run();
  expect(asksOf(simulator)).toEqual(['callback', 'callback']);
  expect(await store.head((await keys()).asked)).toBeDefined();
});

it('an error that repeats the address of the callback does not say it', async () => {
  const { worker } = await installation();
  const repeating = await serve((request, response) => {
    const address = new URLSearchParams(request.url?.split('?')[1]).get('callback') ?? '';
    request.resume().on('end', () => {
      const body = { err_code: 'Bad Request', err_msg: `cannot call ${address} back`, request_id: 'r-1' };
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const { run } = await worker({ deepgramUrl: repeating.url });
  const error = (await run().catch((thrown: unknown) => thrown)) as Error;
  expect(error).toMatchObject({ stage: 'transcription-request', kind: 'permanent', cause: undefined });
  expect(`${error.message} ${error.stack}`).toContain('cannot call (an address)');
  expect(`${error.message} ${error.stack}`).not.toContain('/webhooks/');
});

it('after a request whose own answer was lost the callback is waited for', async () => {
  const { store, worker, callback } = await installation();
  const simulator = await startSimulatedDeepgram();
  // Takes the request, passes it on, and breaks the connection in place of an answer.
  const losing = await serve((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', async () => {
      const body = new Uint8Array(Buffer.concat(pieces));
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'audio/wav' };
      await fetch(simulator.url + request.url, { method: 'POST', headers, body });
      response.destroy();
    });
  });
  const first = await startWorker({ store, deepgramUrl: losing.url, callback });
  await expect(first.run()).rejects.toMatchObject({ stage: 'transcription-request', kind: 'transient' });
  const { run, published } = await worker();
  await run();
  expect(asksOf(simulator)).toEqual(['callback']);
  expect(typesOf(published)).toEqual(completed);
});

// A worker once asked whether the clearance still held, waited for the answer to an earlier request, and sent the audio after that.
it('a clearance that is withdrawn while an earlier answer is waited for is not asked about once more', async () => {
  const { simulator, worker, store } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'never' });
  let isKilled = false;
  const dying = (key: string) => {
    if (isKilled) throw new Error('this process is gone');
    return store.get(key);
  };
  const first = (await worker({ store: { ...store, get: async (key) => dying(key) } })).run();
  first.catch(() => {});
  await expect.poll(() => simulator.deepgram.requests[0]?.outcome).toBe('answered');
  isKilled = true;
  await expect(first).rejects.toThrow();
  let asked = '';
  for await (const { key } of store.listVersions(folder)) if (key.includes('provider-asked')) asked = key;
  const answerKey = asked.replace('provider-asked', 'provider-callback');
  let looks = 0;
  const get: typeof store.get = (key, options) => {
    if (key === answerKey) looks += 1;
    return store.get(key, options);
  };
  const { run } = await worker({ store: { ...store, get } });
  const running = run();
  running.catch(() => {});
  await expect.poll(() => looks).toBeGreaterThan(0);
  const withdrawn = withdrawalKey({ accountSid, recordingSid }, 1);
  await store.put(withdrawn, Buffer.from('{}'), { contentType: 'application/json' });
  const failure = Buffer.from(JSON.stringify({ err_code: 'FAILED', err_msg: 'failed to process audio' }));
  await store.put(answerKey, failure, { contentType: 'application/json' });
  await expect(running).rejects.toThrow(NothingToDoError);
  expect(asksOf(simulator)).toEqual(['callback']);
});

it('a recording that is deleted meanwhile is not waited for any longer', async () => {
  const { simulator, worker, store } = await installation();
  simulator.deepgram.spoilCallback({ fault: 'never' });
  const { run } = await worker();
  const running = run();
  running.catch(() => {});
  await expect.poll(() => simulator.deepgram.requests[0]?.outcome).toBe('answered');
  await store.deleteAllVersions(folder);
  await expect(running).rejects.toMatchObject({ message: expect.stringContaining('is not asked for any more') });
});
