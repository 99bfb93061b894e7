import { expect, test } from 'vitest';
import { layOut, record } from './conversation.ts';

const line = (party: string, channel: number, level: number) => ({
  party,
  channel,
  text: 'one two three',
  samples: new Int16Array(8_000).fill(level),
});
const conversation = layOut([line('caller', 0, 100), line('agent', 1, 200)]);
const levels = (samples: Int16Array) => [...new Set(samples)].sort((a, b) => a - b);

test('each party is on a channel of its own, one after the other', () => {
  const { samples, script } = record(conversation, 2, 0);
  expect(levels(samples.filter((_, index) => index % 2 === 0))).toEqual([0, 100]);
  expect(levels(samples.filter((_, index) => index % 2 === 1))).toEqual([0, 200]);
  const [first, second] = script.utterances;
  expect(first).toMatchObject({ channel: 0, party: 'caller', start: 0.3, end: 1.3 });
  expect(second).toMatchObject({ channel: 1, party: 'agent', start: 1.65, end: 2.65 });
});

test('on one channel everybody is heard', () => {
  expect(levels(record(conversation, 1, 0).samples)).toEqual([0, 100, 200]);
});

test('the audio is where the script says it is, after silence too', () => {
  const { samples, script } = record(conversation, 1, 2_000);
  for (const { start, end } of script.utterances) {
    expect(samples[Math.round(start * 8_000) - 1]).toBe(0);
    expect(samples[Math.round(start * 8_000)]).toBeGreaterThan(0);
    expect(samples[Math.round(end * 8_000) - 1]).toBeGreaterThan(0);
    expect(samples[Math.round(end * 8_000)]).toBe(0);
  }
});

test('words follow one another within their utterance', () => {
  for (const { start, end, words } of record(conversation, 2, 500).script.utterances) {
    const times = [start, ...words.flatMap((word) => [word.start, word.end]), end];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(words.map(({ word }) => word)).toEqual(['one', 'two', 'three']);
  }
});
