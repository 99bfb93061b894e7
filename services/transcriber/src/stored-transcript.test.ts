import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { expect, it } from 'vitest';
import { cleared, openPipeline, openTestStore, startDeepgram, startTwilio } from './testing/pipeline.ts';

// The second one wrote over the transcript of the first, and two different facts were told of one recording.
it('two workers that make the same transcript, one within the other, tell of the same one', async () => {
  const { store } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const [{ url: twilioUrl }, { url: deepgramUrl }] = [await startTwilio(), await startDeepgram()];
  const worker = (own: ObjectStore) =>
    openPipeline({ twilioUrl, deepgramUrl, store: own, published, now: () => new Date() });
  let isOvertaken = false;
  const slow: ObjectStore = {
    ...store,
    put: async (key, body, options) => {
      if (key.endsWith('/transcript.vtt') && !isOvertaken) {
        isOvertaken = true;
        await worker(store).run(cleared());
      }
      return store.put(key, body, options);
    },
  };
  await worker(slow).run(cleared());
  const told = published.filter(({ type }) => type === 'onrecord.transcript.completed.v1').map(({ data }) => data);
  expect([isOvertaken, told.length]).toEqual([true, 2]);
  expect(told[1]).toEqual(told[0]);
});
