import { expect, it } from 'vitest';
import { folder, openTestStore } from '../testing/pipeline.ts';
import { noteNotBilled, noteRequest, readRequests, uncertainSeconds } from './sent-requests.ts';

const place = { prefix: `${folder}/`, optionsFingerprint: 'f'.repeat(64) };
const request = { provider: 'deepgram', model: 'nova-3', seconds: 4, sentAt: '2026-11-21T12:00:00.000Z' };
const limit = { chargeableMax: 4, besides: [] };
const { signal } = new AbortController();

// Each refusal of a busy provider once left a note of its own: the thousandth made a dead letter of what was only to wait, and every
// request read all of them.
it('a provider that stays busy leaves no more and more notes, and what may be billed before it stays told', async () => {
  const { store } = await openTestStore();
  const [first] = await noteRequest(store, place, request, limit, signal);
  if (!first) throw new Error('nothing was noted');
  const refused = Array.from({ length: 49 }, (_, at) => ({ ...first, number: at + 2 }));
  await Promise.all(refused.map((own) => noteNotBilled(store, place, own, 'it answered 429')));
  for (let refusals = 0; refusals < 3; refusals += 1) {
    const own = (await noteRequest(store, place, request, limit, signal)).at(-1);
    if (own) await noteNotBilled(store, place, own, 'it answered 429');
  }
  const noted = await readRequests(store, place, signal);
  expect(noted.map(({ number }) => number)).toEqual(noted.map((_, at) => at + 1));
  expect(noted).toHaveLength(50);
  const answered = await noteRequest(store, place, request, limit, signal);
  expect(answered).toHaveLength(50);
  expect(answered.at(-1)).not.toHaveProperty('notBilled');
  expect(uncertainSeconds(await readRequests(store, place, signal), [])).toBe(4);
});
