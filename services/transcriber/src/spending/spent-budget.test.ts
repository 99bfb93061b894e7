import { Writable } from 'node:stream';
import { DEFAULT_RETRY_POLICY, decideFailure } from '@onrecord/shared/event-log/failure-policy';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openPipeline, openTestStore } from '../testing/pipeline.ts';
import { call, clearanceOf, record } from '../testing/simulated-call.ts';

/** Two calls of the simulated Twilio, on a day whose budget is spent with the first. */
async function start() {
  const { simulator, recording } = await record(call);
  await simulator.placeCall(call);
  const events = simulator.recordings.list().map((each) => clearanceOf(each));
  const { store } = await openTestStore();
  const clock = { now: new Date('2026-11-21T21:00:00Z') };
  const published: OnrecordEvent[] = [];
  const lines: { msg: string }[] = [];
  const write: Writable['_write'] = (line, _, done) => {
    lines.push(JSON.parse(String(line)));
    done();
  };
  const logger = pino(new Writable({ write }));
  const { url } = simulator;
  const parts = { twilioUrl: url, deepgramUrl: url, store, published, providerName: 'simulator', logger } as const;
  const open = () => openPipeline({ ...parts, budgetSecondsPerDay: 1, now: () => clock.now });
  const types = () => published.map(({ type, subject }) => `${type.split('.').slice(1, 3).join('.')} ${subject}`);
  const [first, second] = events;
  if (!first || !second || recording.sid === undefined) throw new Error('two calls were placed');
  return { simulator, open, first, second, clock, types, lines };
}

describe('a recording that comes when the budget of the day is spent', { timeout: 60_000 }, () => {
  it('is archived, waits without using up attempts, and is transcribed when the next day begins', async () => {
    const { simulator, open, first, second, clock, types, lines } = await start();
    const { run, registry } = open();
    await run(first);
    const postponed = await run(second).catch((error: unknown) => error);
    expect(decideFailure(postponed, 1_000, DEFAULT_RETRY_POLICY)).toEqual({ action: 'postpone', afterMs: 3_600_000 });
    expect(types()).toContain(`recording.archived ${second.subject}`);
    expect(types()).not.toContain(`transcript.completed ${second.subject}`);
    await expect(run(second)).rejects.toMatchObject({ kind: 'postponed', stage: 'transcription-budget' });
    expect(lines.filter(({ msg }) => msg.includes('budget of today is spent'))).toHaveLength(1);
    const spent = await registry.getSingleMetric('onrecord_transcriber_budget_spent_seconds')?.get();
    expect(spent?.values).toMatchObject([{ value: expect.closeTo(2 * 7, -1) }]);

    // Another process on the same day knows of it, too.
    await expect(open().run(second)).rejects.toMatchObject({ kind: 'postponed' });
    expect(simulator.deepgram.requests.map(({ outcome }) => outcome)).toEqual(['answered']);

    clock.now = new Date('2026-11-22T00:00:00Z');
    await run(second);
    expect(types()).toContain(`transcript.completed ${second.subject}`);
    expect(simulator.deepgram.requests.map(({ outcome }) => outcome)).toEqual(['answered', 'answered']);
    expect((await registry.getSingleMetric('onrecord_transcriber_stage_failures_total')?.get())?.values).toEqual([]);
  });

  it('is transcribed all the same from an answer that is stored', async () => {
    const { simulator, open, first, types } = await start();
    await open().run(first);
    await open().run(first);
    expect(types().filter((type) => type.startsWith('transcript.completed'))).toHaveLength(2);
    expect(simulator.deepgram.requests).toHaveLength(1);
  });
});
