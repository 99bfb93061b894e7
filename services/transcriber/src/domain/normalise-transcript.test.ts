import { describe, expect, it } from 'vitest';
import { normaliseTurns } from './normalise-transcript.ts';
import type { ProviderTranscript, ProviderUtterance } from './provider-transcript.ts';

const said = (text: string, overrides: Partial<ProviderUtterance> = {}): ProviderUtterance => ({
  channel: 0,
  speaker: undefined,
  start: 0,
  end: 1,
  confidence: 0.9,
  text,
  words: [],
  ...overrides,
});

const answer = (channels: number, utterances: ProviderUtterance[]): ProviderTranscript => ({
  requestId: undefined,
  model: undefined,
  language: undefined,
  channels,
  durationSeconds: 10,
  billedSeconds: 10 * channels,
  utterances,
});

const legs = [
  { channel: 0, role: 'caller' },
  { channel: 1, role: 'agent' },
];

const labels = (channels: number, utterances: ProviderUtterance[], map = legs) =>
  normaliseTurns(answer(channels, utterances), map).turns.map(({ speaker, text }) => [speaker, text]);

describe('the turns of a transcript', () => {
  it('are attributed by channel and come in the order of their beginning', () => {
    const utterances = [said('hello'), said('bye', { start: 6, end: 7 }), said('hi', { channel: 1, start: 3, end: 4 })];
    expect(labels(2, utterances)).toEqual([
      ['caller', 'hello'],
      ['agent', 'hi'],
      ['caller', 'bye'],
    ]);
  });

  it('tell overlapping speech apart', () => {
    const both = [said('no', { channel: 1, start: 1 }), said('yes', { start: 1 })];
    expect(labels(2, both)).toEqual([
      ['caller', 'yes'],
      ['agent', 'no'],
    ]);
  });

  it('number the voices of a mono recording', () => {
    const voices = [said('one', { speaker: 0 }), said('two', { speaker: 1, start: 2 })];
    expect(labels(1, voices, [])).toEqual([
      ['Speaker 1', 'one'],
      ['Speaker 2', 'two'],
    ]);
  });

  it('do not apply a map of two channels to audio that was mixed into one', () => {
    expect(labels(1, [said('who?')])).toEqual([['unknown', 'who?']]);
    expect(labels(1, [said('who?', { speaker: 0 })])).toEqual([['Speaker 1', 'who?']]);
  });

  it('never guess who is on a channel that the map does not name', () => {
    const { speakers, turns } = normaliseTurns(answer(2, [said('a'), said('b', { channel: 1 })]), []);
    expect(turns.map(({ speaker }) => speaker)).toEqual(['unknown, channel 0', 'unknown, channel 1']);
    expect(speakers.map(({ basis }) => basis)).toEqual(['unknown', 'unknown']);
  });

  it('name nobody where both channels carry the same sound', () => {
    const twice = [said('hello', { speaker: 0 }), said('hello', { speaker: 1, channel: 1 })];
    const { speakers, turns } = normaliseTurns(answer(2, twice), 'same-sound');
    expect(turns.map(({ speaker }) => speaker)).toEqual(['unknown', 'unknown']);
    expect(speakers.map(({ basis, channel }) => [basis, channel])).toEqual([
      ['unknown', 0],
      ['unknown', 1],
    ]);
  });

  it('tell two voices on one leg apart, such as a telephone on loudspeaker', () => {
    const voices = [said('one', { speaker: 0 }), said('two', { speaker: 1, start: 2 })];
    expect(labels(2, voices)).toEqual([
      ['caller, Speaker 1', 'one'],
      ['caller, Speaker 2', 'two'],
    ]);
  });

  it('leave silence out and never end before they begin', () => {
    const { turns } = normaliseTurns(answer(1, [said('  '), said('x', { start: 2, end: 1 })]), []);
    expect(turns).toMatchObject([{ start: 2, end: 2, text: 'x' }]);
  });
});
