import type { OnrecordEvent } from '@onrecord/shared/events';
import { ObjectStoreError } from '@onrecord/shared/object-store/port';
import { describe, expect, it, vi } from 'vitest';
import { serve } from './testing/http-server.ts';
import {
  cleared,
  openPipeline,
  openTestStore,
  type PipelineParts,
  startDeepgram,
  startTwilio,
} from './testing/pipeline.ts';
import { startTestSimulator } from './testing/simulator.ts';

/** Who is busy or away is left alone by everybody, tried out by one, and used again when it is back. */
const recordings = Array.from({ length: 20 }, (_, number) => `RE${number.toString(16).padStart(32, '0')}`);
const settings = { failuresMax: 3, pauseMs: 10_000, pauseMsMax: 40_000 };

async function start(parts: Partial<PipelineParts> & Pick<PipelineParts, 'deepgramUrl'>) {
  const clock = { ms: Date.parse('2026-11-21T12:00:00Z') };
  const logger = { warn: vi.fn(), info: vi.fn() };
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const pipeline = openPipeline({
    twilioUrl: parts.twilioUrl ?? (await startTwilio()).url,
    store,
    published,
    breaker: { ...settings, now: () => new Date(clock.ms), logger },
    ...parts,
  });
  const left = [...recordings];
  /** Works on one recording more, of any account. */
  const next = (overrides: Parameters<typeof cleared>[0] = {}) =>
    pipeline.run(cleared({ recordingSid: left.shift() ?? '', ...overrides })).then(
      () => 'done',
      (error: unknown) => error,
    );
  const said = () => [...logger.warn.mock.calls, ...logger.info.mock.calls].map(([, text]) => text);
  const metric = async (name: string) =>
    (await pipeline.registry.metrics()).match(new RegExp(`^${name}.* \\d+$`, 'gm'));
  const pass = (ms: number) => {
    clock.ms += ms;
  };
  return { ...pipeline, next, pass, said, metric, published, logger, store };
}

async function startSimulatedDeepgram() {
  const simulator = await startTestSimulator();
  const outcomes = () => simulator.deepgram.requests.map(({ outcome }) => outcome);
  return { url: simulator.url, deepgram: simulator.deepgram, outcomes };
}

const types = (published: OnrecordEvent[], what: string) => published.filter(({ type }) => type.includes(what)).length;

describe('a provider with too much to do', () => {
  it('is left alone by all recordings for as long as it asks, and none of them fails for that', async () => {
    const { url, deepgram, outcomes } = await startSimulatedDeepgram();
    deepgram.failNext({ status: 429, count: 1, retryAfterSeconds: 30 });
    const { next, pass, published, metric, said } = await start({ deepgramUrl: url, providerName: 'simulator' });
    expect(await next()).toMatchObject({ kind: 'postponed', retryAfterMs: 30_000, trouble: 'busy' });
    pass(10_000);
    for (let count = 0; count < 5; count += 1) {
      expect(await next()).toMatchObject({ kind: 'postponed', retryAfterMs: 20_000 });
    }
    expect(outcomes()).toEqual(['refused-429']);
    expect(types(published, 'archived')).toBe(6);
    expect(await metric('onrecord_transcriber_dependency_blocked')).toContain(
      'onrecord_transcriber_dependency_blocked{dependency="simulator"} 1',
    );
    pass(20_000);
    expect(await next()).toBe('done');
    expect(await next()).toBe('done');
    expect(outcomes()).toEqual(['refused-429', 'answered', 'answered']);
    expect(said()).toEqual([
      'a dependency is left alone for a while',
      'a dependency is tried out',
      'a dependency is back',
    ]);
  });

  it('that does not say how long is tried out after a pause, and after a longer one each time', async () => {
    const { url, deepgram, outcomes } = await startSimulatedDeepgram();
    deepgram.failNext({ status: 429, count: 3 });
    const { next, pass } = await start({ deepgramUrl: url, providerName: 'simulator' });
    for (const pauseMs of [10_000, 20_000, 40_000]) {
      expect(await next()).toMatchObject({ kind: 'postponed', trouble: 'busy' });
      pass(pauseMs - 1);
      expect(await next()).toMatchObject({ kind: 'postponed', retryAfterMs: 1 });
      pass(1);
    }
    expect(await next()).toBe('done');
    expect(outcomes()).toEqual(['refused-429', 'refused-429', 'refused-429', 'answered']);
  });
});

describe('a provider that is away', () => {
  it('is left alone after failures in a row, tried out by one recording, and used by all when it is back', async () => {
    const { url, deepgram, outcomes } = await startSimulatedDeepgram();
    deepgram.failNext({ status: 503, count: 4 });
    const { next, pass, published, metric } = await start({ deepgramUrl: url, providerName: 'simulator' });
    for (let count = 0; count < 3; count += 1)
      expect(await next()).toMatchObject({ kind: 'transient', trouble: 'away' });
    expect(await next()).toMatchObject({ name: 'StageError', kind: 'transient', retryAfterMs: 10_000 });
    expect(outcomes()).toHaveLength(3);
    pass(10_000);
    const trial = await Promise.all([next(), next(), next()]);
    expect(outcomes()).toHaveLength(4);
    expect(trial.every((each) => each !== 'done')).toBe(true);
    pass(20_000);
    expect(await next()).toBe('done');
    expect(await Promise.all([next(), next(), next()])).toEqual(['done', 'done', 'done']);
    expect(types(published, 'archived')).toBe(11);
    expect(await metric('onrecord_transcriber_dependency_pauses_total')).toEqual([
      'onrecord_transcriber_dependency_pauses_total{dependency="simulator",trouble="away"} 2',
    ]);
  });

  it('counts as there while it refuses single recordings', async () => {
    const deepgram = await startDeepgram({ status: 400, body: '{"err_code":"Bad Request","err_msg":"corrupt"}' });
    const { next } = await start({ deepgramUrl: deepgram.url });
    for (let count = 0; count < 5; count += 1) expect(await next()).toMatchObject({ kind: 'permanent' });
    expect(deepgram.paid).toHaveLength(5);
  });
});

describe('the media of an account', () => {
  it('are left alone while Twilio is away, and those of other accounts are not', async () => {
    const other = `AC${'9'.repeat(32)}`;
    const { url, requests } = await serve((request, response) => {
      const isOther = request.url?.includes(other);
      response.writeHead(isOther ? 404 : 503).end();
    });
    const deepgram = await startDeepgram();
    const { next } = await start({ twilioUrl: url, deepgramUrl: deepgram.url });
    for (let count = 0; count < 3; count += 1)
      expect(await next()).toMatchObject({ stage: 'media-fetch', trouble: 'away' });
    expect(await next()).toMatchObject({ stage: 'media-fetch', retryAfterMs: 10_000 });
    expect(requests).toHaveLength(3);
    expect(await next({ accountSid: other })).toMatchObject({ stage: 'media-not-ready' });
    expect(requests.length).toBeGreaterThan(3);
  });
});

describe('an object store that is away', () => {
  it('keeps new work from beginning, and what was begun is tried to the end', async () => {
    const { store } = await openTestStore();
    const away = { isAway: true };
    const head = async (key: string) => {
      if (away.isAway) throw new ObjectStoreError('the store is away', { retryable: true });
      return store.head(key);
    };
    const twilio = await startTwilio();
    const deepgram = await startDeepgram();
    const { next, pass } = await start({
      store: { ...store, head },
      twilioUrl: twilio.url,
      deepgramUrl: deepgram.url,
    });
    for (let count = 0; count < 4; count += 1)
      expect(await next()).toMatchObject({ kind: 'transient', stage: 'withdrawal' });
    expect(twilio.requests).toHaveLength(0);
    away.isAway = false;
    expect(await next()).toMatchObject({ retryAfterMs: 10_000 });
    pass(10_000);
    expect(await next()).toBe('done');
    expect(await next()).toBe('done');
  });
});
