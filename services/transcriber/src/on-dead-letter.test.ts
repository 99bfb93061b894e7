import type { OnrecordEvent } from '@onrecord/shared/events';
import { describe, expect, it } from 'vitest';
import { createDeadLetterHook } from './on-dead-letter.ts';
import {
  accountSid,
  cleared,
  openPipeline,
  openTestStore,
  recordingSid,
  startDeepgram,
  startTwilio,
  withheld,
} from './testing/pipeline.ts';

const lastFailedAt = new Date('2026-11-21T21:00:00Z');
const info = (stage: string) => ({ stage, reason: 'it failed', attempts: 12, lastFailedAt });

async function start() {
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const publisher = { publish: async (events: readonly OnrecordEvent[]) => void published.push(...events) };
  const hook = createDeadLetterHook({ store, publisher, lookupTimeoutMs: 5_000 });
  return { hook, published, store };
}

describe('a cleared recording that was given up', () => {
  it.each(['media-not-ready', 'media-fetch', 'media-check', 'archive', 'clearance'])(
    'at stage %s is announced as not archived',
    async (stage) => {
      const { hook, published } = await start();
      await hook(cleared(), info(stage));
      expect(published).toMatchObject([
        {
          type: 'onrecord.recording.archive-failed.v1',
          data: { accountSid, recordingSid, stage, reason: 'it failed', attempts: 12, decision: 1 },
        },
      ]);
    },
  );

  it.each([
    'transcription-options',
    'transcription-request',
    'transcription-answer',
    'transcript-store',
    'publish-transcript',
  ])('at stage %s is announced as not transcribed', async (stage) => {
    const { hook, published } = await start();
    await hook(cleared(), info(stage));
    expect(published).toMatchObject([{ type: 'onrecord.transcript.failed.v1', data: { stage, decision: 1 } }]);
  });

  it('by a time-out of the whole is announced as what is missing', async () => {
    const { hook, published, store } = await start();
    await hook(cleared(), info('handler'));
    expect(published.at(-1)?.type).toBe('onrecord.recording.archive-failed.v1');
    const [twilio, deepgram] = [await startTwilio(), await startDeepgram()];
    await openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published: [] }).run(
      cleared({ purposes: ['store'] }),
    );
    await hook(cleared(), info('handler'));
    expect(published.at(-1)?.type).toBe('onrecord.transcript.failed.v1');
  });

  it('is announced by one event however often it is repeated', async () => {
    const { hook, published } = await start();
    await hook(cleared(), info('archive'));
    await hook(cleared(), info('archive'));
    expect(published[0]).toEqual(published[1]);
  });
});

describe('another dead letter', () => {
  it('is not announced here', async () => {
    const { hook, published } = await start();
    await hook(undefined, info('parse'));
    await hook(withheld(), info('handler'));
    expect(published).toEqual([]);
  });
});
