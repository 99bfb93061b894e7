import { NothingToDoError } from '@onrecord/shared/event-log/failure-policy';
import { type OnrecordEvent, withdrawalKey } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { type Logger, pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { serve } from './testing/http-server.ts';
import {
  accountSid,
  cleared,
  folder,
  openPipeline,
  openTestStore,
  recordingAudio,
  recordingSid,
  refused,
  startDeepgram,
  withheld,
} from './testing/pipeline.ts';

/** Members of one group: a memory of their own each, one store, one Twilio, one Deepgram. */
async function startGroup({ deepgramStatus = 200 } = {}) {
  let isReady = true;
  /** What happens elsewhere while Twilio is asked. */
  let meanwhile = async () => {};
  const twilio = await serve(async (_request, response) => {
    await meanwhile();
    response.writeHead(isReady ? 200 : 404, { 'content-type': 'audio/x-wav' }).end(isReady ? recordingAudio : '');
  });
  const answer = (await startDeepgram()).answer.body;
  const deepgram = await startDeepgram({ status: deepgramStatus, body: answer });
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const member = (own: ObjectStore = store, logger?: Logger) =>
    openPipeline({
      twilioUrl: twilio.url,
      deepgramUrl: deepgram.url,
      store: own,
      published,
      ...(logger && { logger }),
    });
  /** As retention does, before it publishes what takes a clearance back, and before it deletes. */
  const withdraw = async (decision: number) => {
    const key = withdrawalKey({ accountSid, recordingSid }, decision);
    await store.put(key, Buffer.from('{}'), { contentType: 'application/json', createOnly: true });
  };
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of store.listVersions('')) found.push(key);
    return found;
  };
  return {
    member,
    withdraw,
    twilio,
    deepgram,
    store,
    published,
    keys,
    setReady: (value: boolean) => {
      isReady = value;
    },
    setMeanwhile: (effect: () => Promise<void>) => {
      meanwhile = effect;
    },
  };
}

it.each([withheld(), refused()])('a recording that was not cleared leaves no trace: $type', async (event) => {
  const { member, keys, deepgram, twilio, published } = await startGroup();
  await member().run(event);
  expect(await keys()).toEqual([]);
  expect([deepgram.bytes(), twilio.requests.length, published.length]).toEqual([0, 0, 0]);
});

// A clearance of an hour ago sent all of the audio, though the agreement to have it transcribed was for that hour.
it('an agreement to transcription that has ended archives the recording and sends nothing to the provider', async () => {
  const { member, deepgram, published } = await startGroup();
  const consented = [
    { purpose: 'record' as const },
    { purpose: 'transcribe' as const, until: '2020-01-01T00:00:00.000Z' },
  ];
  await expect(member().run(cleared({ consented }))).rejects.toThrow(/ended at 2020-01-01/);
  expect(deepgram.bytes()).toBe(0);
  expect(published.map(({ type }) => type)).toEqual(['onrecord.recording.archived.v1']);
});

describe('a clearance that was withdrawn', () => {
  // The transcriber once learned of a refusal from its event alone, which stands behind the clearance in the log: after an outage of
  // the transcriber, or while it waited for Twilio, the provider got all of a recording that had long been refused.
  it('is not begun, though its refusal has not been read yet', async () => {
    const { member, withdraw, deepgram, twilio } = await startGroup();
    await withdraw(1);
    await expect(member().run(cleared())).rejects.toThrow(NothingToDoError);
    expect([deepgram.bytes(), twilio.requests.length]).toEqual([0, 0]);
  });

  it('is not begun again by any member when it comes back out of a retry topic', async () => {
    const { member, withdraw, keys, setReady, deepgram, twilio } = await startGroup();
    setReady(false);
    await expect(member().run(cleared())).rejects.toMatchObject({ stage: 'media-not-ready' });
    const asked = twilio.requests.length;
    await withdraw(1);
    setReady(true);
    await expect(member().run(cleared(), 2)).rejects.toThrow(NothingToDoError);
    expect([deepgram.bytes(), twilio.requests.length]).toEqual([0, asked]);
    expect(await keys()).toEqual([withdrawalKey({ accountSid, recordingSid }, 1)]);
  });

  // It was looked for before each step, and a step can be an upload of an hour.
  it('while its audio flows ends both ways of it, and leaves nothing', async () => {
    const { deepgram, keys, published, store, withdraw } = await startGroup();
    const flowing = Promise.withResolvers<void>();
    const twilio = await serve(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': recordingAudio.length });
      response.write(recordingAudio.subarray(0, recordingAudio.length / 2));
      flowing.resolve();
    });
    const { url: twilioUrl } = twilio;
    const { url: deepgramUrl } = deepgram;
    const { run } = openPipeline({ twilioUrl, deepgramUrl, store, published, withdrawalCheckMs: 20 });
    const running = run(cleared());
    running.catch(() => {});
    await flowing.promise;
    await withdraw(1);
    await expect(running).rejects.toThrow(NothingToDoError);
    const left = (await keys()).filter((key) => !key.includes('/provider-sent.'));
    expect(left).toEqual([withdrawalKey({ accountSid, recordingSid }, 1)]);
    expect(published).toEqual([]);
    expect(deepgram.bytes()).toBeLessThan(recordingAudio.length);
  });

  it('while its audio is on the way is kept from the provider', async () => {
    const { member, withdraw, setMeanwhile, deepgram } = await startGroup();
    setMeanwhile(() => withdraw(1));
    await expect(member().run(cleared())).rejects.toThrow(NothingToDoError);
    expect(deepgram.bytes()).toBe(0);
  });

  it('while an earlier answer is looked for is not read from the store for the provider', async () => {
    const { member, store, withdraw, deepgram } = await startGroup({ deepgramStatus: 503 });
    await expect(member().run()).rejects.toMatchObject({ stage: 'transcription-request' });
    const sent = deepgram.bytes();
    const withdrawing: ObjectStore = {
      ...store,
      get: async (key, options) => {
        if (key.endsWith('transcript.json')) await withdraw(1);
        return store.get(key, options);
      },
    };
    await expect(member(withdrawing).run(cleared(), 2)).rejects.toThrow(NothingToDoError);
    expect(deepgram.bytes()).toBe(sent);
  });

  it('while the provider works makes no transcript of its answer, which is there for a later clearance', async () => {
    const { member, store, withdraw, keys, published, deepgram } = await startGroup();
    const withdrawing: ObjectStore = {
      ...store,
      put: async (key, body, options) => {
        if (key.endsWith('/provider-response.json')) await withdraw(1);
        return store.put(key, body, options);
      },
    };
    await expect(member(withdrawing).run(cleared())).rejects.toThrow(NothingToDoError);
    expect((await keys()).filter((key) => key.includes('/transcript.'))).toEqual([]);
    expect(published.map(({ type }) => type)).toEqual(['onrecord.recording.archived.v1']);
    await member().run(cleared({ decision: 3 }));
    expect(deepgram.paid).toHaveLength(1);
    expect(published.map(({ type }) => type)).toContain('onrecord.transcript.completed.v1');
  });

  // An operator deleted an archived recording while its transcription waited for a provider that was away: the next attempt found
  // neither archive nor media and gave it up as "deleted at Twilio before it could be read".
  it('by a deletion, while it waited for a provider that is away, ends without a failure', async () => {
    const { member, store, withdraw, setReady, published, twilio } = await startGroup({ deepgramStatus: 503 });
    await expect(member().run()).rejects.toMatchObject({ stage: 'transcription-request' });
    const asked = twilio.requests.length;
    await withdraw(1);
    await store.deleteAllVersions(`${folder}/`);
    setReady(false);
    const said: string[] = [];
    const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void said.push(line) });
    await expect(member(store, logger).run(cleared(), 2)).rejects.toThrow(NothingToDoError);
    expect(twilio.requests).toHaveLength(asked);
    expect(published.map(({ type }) => type)).toEqual(['onrecord.recording.archived.v1']);
    expect(said.join()).toContain('or Onrecord deletes the recording');
  });

  it('stands in the way of itself alone: a later clearance is carried out', async () => {
    const { member, withdraw, published, deepgram } = await startGroup();
    await withdraw(1);
    await member().run(cleared({ decision: 3 }));
    expect(deepgram.paid).toHaveLength(1);
    expect(published.map(({ type }) => type)).toContain('onrecord.transcript.completed.v1');
    await expect(member().run(cleared({ decision: 1 }), 2)).rejects.toThrow(NothingToDoError);
  });

  it('is not carried out while nobody can tell whether it was withdrawn', async () => {
    const { member, store, twilio } = await startGroup();
    const away: ObjectStore = {
      ...store,
      head: async (key) => {
        if (key.includes('/withdrawn/')) throw new Error('the store is away');
        return store.head(key);
      },
    };
    await expect(member(away).run(cleared())).rejects.toMatchObject({ stage: 'withdrawal', kind: 'transient' });
    expect(twilio.requests).toEqual([]);
  });
});
