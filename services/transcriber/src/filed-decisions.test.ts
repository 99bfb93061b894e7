import { NothingToDoError } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { describe, expect, it } from 'vitest';
import { FILED_DECISION_SCHEMA } from './domain/filed-decision.ts';
import { fileDecision } from './filed-decisions.ts';
import { serve } from './testing/http-server.ts';
import {
  cleared,
  folder,
  openPipeline,
  openTestStore,
  recordingAudio,
  refused,
  startDeepgram,
  withheld,
} from './testing/pipeline.ts';

const { signal } = new AbortController();

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
  const { store, read } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const member = (own: ObjectStore = store) =>
    openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store: own, published });
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of store.listVersions('')) found.push(key.slice(folder.length + 1));
    return found;
  };
  return {
    member,
    twilio,
    deepgram,
    store,
    published,
    keys,
    standing: async () => JSON.parse((await read('decision.json')).toString('utf8')),
    setReady: (value: boolean) => {
      isReady = value;
    },
    setMeanwhile: (effect: () => Promise<void>) => {
      meanwhile = effect;
    },
  };
}

describe('a recording that is withheld or refused', () => {
  it.each([withheld(), refused()])('without ever having been cleared leaves no trace: $type', async (event) => {
    const { member, keys, deepgram, twilio, published } = await startGroup();
    await member().run(event);
    expect(await keys()).toEqual([]);
    expect([deepgram.bytes(), twilio.requests.length, published.length]).toEqual([0, 0, 0]);
  });

  // Which decision was the latest was once known to one process alone: a clearance that waited in a retry topic while that process
  // was replaced was carried out after the refusal, and the provider got all of a refused recording.
  it.each([
    ['refused', refused],
    ['withheld', withheld],
  ])(
    'after a clearance that failed stays untouched when another member tries that again: %s',
    async (outcome, make) => {
      const { member, keys, standing, setReady, deepgram, twilio } = await startGroup();
      setReady(false);
      await expect(member().run(cleared())).rejects.toMatchObject({ stage: 'media-not-ready' });
      await member().run(make({ decision: 2, supersedesClearance: true }));
      setReady(true);
      await expect(member().run(cleared(), 2)).rejects.toThrow(NothingToDoError);
      expect(deepgram.bytes()).toBe(0);
      expect(twilio.requests).toHaveLength(1);
      expect(await keys()).toEqual(['decision.json']);
      expect(await standing()).toMatchObject({ decision: 2, outcome, decidedAt: '2026-11-21T12:00:00.000Z' });
    },
  );

  it('can be cleared again, by a decision that came later than the refusal', async () => {
    const { member, published, deepgram } = await startGroup();
    await member().run(refused({ decision: 2, supersedesClearance: true }));
    await member().run(cleared({ decision: 3 }));
    expect(deepgram.paid).toHaveLength(1);
    expect(published.map(({ type }) => type)).toContain('onrecord.transcript.completed.v1');
    await expect(member().run(cleared({ decision: 1 }), 2)).rejects.toThrow(NothingToDoError);
  });

  it('while its audio is on the way is kept from the provider', async () => {
    const { member, setMeanwhile, deepgram } = await startGroup();
    setMeanwhile(() => member().run(refused({ decision: 2, supersedesClearance: true })));
    await expect(member().run(cleared())).rejects.toThrow(NothingToDoError);
    expect(deepgram.bytes()).toBe(0);
  });

  it('while an earlier answer is looked for is not read from the store for the provider', async () => {
    const { member, store, deepgram } = await startGroup({ deepgramStatus: 503 });
    await expect(member().run()).rejects.toMatchObject({ stage: 'transcription-request' });
    const sent = deepgram.bytes();
    const refusing: ObjectStore = {
      ...store,
      get: async (key, options) => {
        if (key.endsWith('transcript.json')) await member().run(refused({ decision: 2, supersedesClearance: true }));
        return store.get(key, options);
      },
    };
    await expect(member(refusing).run(cleared(), 2)).rejects.toThrow(NothingToDoError);
    expect(deepgram.bytes()).toBe(sent);
  });

  it('is not transcribed where it was cleared again for storage alone', async () => {
    const { member, setReady, deepgram, keys } = await startGroup();
    setReady(false);
    await expect(member().run(cleared())).rejects.toMatchObject({ stage: 'media-not-ready' });
    setReady(true);
    await member().run(cleared({ decision: 2, purposes: ['store'], supersedesClearance: true }));
    await expect(member().run(cleared(), 2)).rejects.toThrow(NothingToDoError);
    expect(deepgram.bytes()).toBe(0);
    expect(await keys()).toEqual(['decision.json', 'manifest.json', 'media.wav']);
  });

  it('is not touched while nobody can tell what was decided last', async () => {
    const { member, store, twilio } = await startGroup();
    await store.put(`${folder}/decision.json`, Buffer.from('{"schema":"onrecord.decision.v9"}'), {
      contentType: 'application/json',
    });
    await expect(member().run(cleared())).rejects.toMatchObject({ stage: 'decision', kind: 'permanent' });
    expect(twilio.requests).toEqual([]);
  });

  it('is filed before its event counts as handled', async () => {
    const { member, store, keys } = await startGroup();
    let failures = 1;
    const full = (): ObjectStore => ({
      ...store,
      put: async (key, body, options) => {
        failures -= 1;
        if (failures >= 0) throw new Error('disk full');
        return store.put(key, body, options);
      },
    });
    await member(full()).run(refused({ decision: 2, supersedesClearance: true }));
    expect(await keys()).toEqual(['decision.json']);
    failures = 10;
    const later = refused({ decision: 4, supersedesClearance: true });
    await expect(member(full()).run(later)).rejects.toMatchObject({ stage: 'decision', kind: 'transient' });
  });
});

describe('the filed decision', () => {
  const filed = (decision: number) =>
    ({ schema: FILED_DECISION_SCHEMA, decision, outcome: 'refused', decidedAt: '2026-11-21T12:00:00Z' }) as const;
  const key = `${folder}/decision.json`;

  it('is the latest one, in whatever order they are filed', async () => {
    const { store, standing } = await startGroup();
    for (const decision of [2, 4, 2, 3]) await fileDecision(store, key, filed(decision), signal);
    expect(await standing()).toMatchObject({ decision: 4 });
  });

  it('is the latest one also when a slower member writes an earlier one over it', async () => {
    const { store, standing } = await startGroup();
    let isOvertaken = false;
    const overtaken: ObjectStore = {
      ...store,
      put: async (...put) => {
        const result = await store.put(...put);
        if (!isOvertaken)
          await store.put(key, Buffer.from(JSON.stringify(filed(2))), { contentType: 'application/json' });
        isOvertaken = true;
        return result;
      },
    };
    await fileDecision(overtaken, key, filed(4), signal);
    expect(await standing()).toMatchObject({ decision: 4 });
  });

  it('goes with the folder of its recording', async () => {
    const { store, member, keys } = await startGroup();
    await member().run(refused({ decision: 2, supersedesClearance: true }));
    expect(await store.deleteAllVersions(`${folder}/`)).toMatchObject({ deleted: [{ key }], remaining: [] });
    expect(await keys()).toEqual([]);
  });
});
