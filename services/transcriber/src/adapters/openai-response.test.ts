import { describe, expect, it } from 'vitest';
import { verboseAnswer } from '../testing/openai-answer.ts';
import { joinAnswers, readOpenAiAnswer } from './openai-response.ts';

const json = (answer: unknown) => Buffer.from(JSON.stringify(answer));
const read = (answer: unknown) => readOpenAiAnswer(json(answer), 1);
const plain = verboseAnswer('Hello there.', 0.2);

describe('an answer of an OpenAI-compatible server', () => {
  it('is read with its words, times and language', () => {
    const transcript = read(plain);
    expect(transcript).toMatchObject({ channels: 1, language: 'en', durationSeconds: 2, billedSeconds: 2 });
    expect(transcript.utterances).toHaveLength(1);
    expect(transcript.utterances[0]).toMatchObject({ channel: 0, start: 0.2, end: 0.75, text: 'Hello there.' });
    expect(transcript.utterances[0]?.words[1]).toEqual({ text: 'there', start: 0.5, end: 0.75, confidence: undefined });
  });

  it('is read from words inside of segments as well, with their probability', () => {
    const words = [{ word: ' Hello', start: 0.2, end: 0.5, probability: 0.9 }];
    const { utterances } = read({ text: 'Hello', segments: [{ start: 0, end: 1, text: ' Hello', words }] });
    expect(utterances[0]).toMatchObject({ text: 'Hello', words: [{ text: 'Hello', confidence: 0.9 }] });
  });

  it('of several channels is put on the channel that was asked for', () => {
    const joined = joinAnswers([json(verboseAnswer('Hi.', 1.1)), json(verboseAnswer('Hello there.', 0.2))]);
    const transcript = readOpenAiAnswer(joined, 2);
    expect(transcript).toMatchObject({ channels: 2, billedSeconds: 4, durationSeconds: 2, language: 'en' });
    expect(transcript.utterances.map(({ channel, text }) => [channel, text])).toEqual([
      [0, 'Hi.'],
      [1, 'Hello there.'],
    ]);
  });

  it('is divided where somebody else may have spoken', () => {
    const words = [
      { word: ' Yes,', start: 0, end: 0.4 },
      { word: ' sir.', start: 0.5, end: 0.9 },
      { word: ' Thank', start: 4, end: 4.4 },
      { word: ' you.', start: 4.4, end: 4.8 },
    ];
    const { utterances } = read({ text: 'x', segments: [{ start: 0, end: 5, text: ' Yes, sir. Thank you.', words }] });
    expect(utterances.map(({ start, end, text }) => [start, end, text])).toEqual([
      [0, 0.9, 'Yes, sir.'],
      [4, 4.8, 'Thank you.'],
    ]);
  });

  it('without segments is read from its words', () => {
    const words = ['你', '好'].map((word, index) => ({ word, start: index, end: index + 0.5 }));
    expect(read({ text: '你好', words }).utterances[0]).toMatchObject({ start: 0, end: 1.5, text: '你好' });
  });

  it('to silence has no utterances', () => {
    expect(read({ text: '', segments: [], words: [] }).utterances).toEqual([]);
  });

  it('in a language that nobody knows names none', () => {
    expect(read({ ...plain, language: 'klingonese' }).language).toBeUndefined();
    expect(read({ ...plain, language: 'de' }).language).toBe('de');
  });

  it.each([
    ['is not whole', () => readOpenAiAnswer(json(plain).subarray(0, 50), 1), 'transient', /50 bytes is no JSON/],
    ['is an error', () => read({ error: 'failed to process audio' }), 'transient', /error: failed to process audio/],
    ['has no times', () => read({ text: 'Hello.' }), 'permanent', /verbose_json/],
    ['has an unknown shape', () => read(['Hello.']), 'permanent', /unknown shape/],
    ['has too few channels', () => readOpenAiAnswer(joinAnswers([json(plain)]), 2), 'permanent', /1 channel/],
    ['is of one channel', () => readOpenAiAnswer(json(plain), 2), 'permanent', /0 channel/],
    ['broke off on one channel', () => joinAnswers([json(plain), Buffer.from('{"te')]), 'transient', /no JSON/],
  ])('that %s is not used', (_what, reading, kind, message) => {
    expect(reading).toThrow(
      expect.objectContaining({ stage: 'transcription-answer', kind, message: expect.stringMatching(message) }),
    );
  });
});
