import { describe, expect, it } from 'vitest';
import { twoChannelAnswer } from '../testing/deepgram-answer.ts';
import { readDeepgramAnswer } from './deepgram-response.ts';

const read = (answer: unknown, channels = 2) => readDeepgramAnswer(Buffer.from(JSON.stringify(answer)), channels);

describe('an answer of Deepgram', () => {
  it('is read with its channels, words and times', () => {
    const transcript = read(twoChannelAnswer);
    expect(transcript).toMatchObject({ channels: 2, language: 'en', model: 'general-nova-3', durationSeconds: 2 });
    expect(transcript.utterances.map(({ channel, text }) => [channel, text])).toEqual([
      [0, 'Hello there.'],
      [1, 'Hi.'],
    ]);
    expect(transcript.utterances[0]?.words[1]).toEqual({ text: 'there.', start: 0.5, end: 0.75, confidence: 0.98 });
  });

  it('charges each channel that is transcribed', () => {
    expect(read(twoChannelAnswer).billedSeconds).toBe(4);
  });

  it('without utterances is read from its words, apart where the voice changes', () => {
    const words = [
      { word: 'yes', start: 0, end: 0.2, speaker: 0 },
      { word: 'sir', start: 0.2, end: 0.4, speaker: 0 },
      { word: 'no', start: 0.5, end: 0.7, speaker: 1 },
    ];
    const { metadata } = twoChannelAnswer;
    const transcript = read(
      { metadata, results: { channels: [{ alternatives: [{ transcript: 'yes sir no', words }] }] } },
      1,
    );
    expect(transcript.utterances.map(({ speaker, text, end }) => [speaker, text, end])).toEqual([
      [0, 'yes sir', 0.4],
      [1, 'no', 0.7],
    ]);
  });

  it('to silence has no utterances', () => {
    const silent = { alternatives: [{ transcript: '', confidence: 0, words: [] }] };
    const answer = { metadata: twoChannelAnswer.metadata, results: { channels: [silent, silent], utterances: [] } };
    expect(read(answer).utterances).toEqual([]);
  });

  it('that broke off is worth another try', () => {
    const half = Buffer.from(JSON.stringify(twoChannelAnswer)).subarray(0, 200);
    expect(() => readDeepgramAnswer(half, 2)).toThrow(expect.objectContaining({ kind: 'transient' }));
  });

  it('that is an error with status 200 is worth another try, and says what it is', () => {
    expect(() => read({ err_code: 'INTERNAL_SERVER_ERROR', err_msg: 'try later' }, 2)).toThrow(
      expect.objectContaining({
        stage: 'transcription-answer',
        kind: 'transient',
        message: 'the provider answered 200 with an error (INTERNAL_SERVER_ERROR: try later)',
      }),
    );
  });

  it.each([
    ['fewer channels than the audio', twoChannelAnswer, 3],
    ['more channels than the audio', twoChannelAnswer, 1],
    [
      'an utterance on a channel that the audio has not',
      {
        ...twoChannelAnswer,
        results: {
          ...twoChannelAnswer.results,
          utterances: [{ ...twoChannelAnswer.results.utterances[0], channel: 2 }],
        },
      },
      2,
    ],
  ])('with %s is not used, and not paid for again', (_what, answer, channels) => {
    expect(() => read(answer, channels)).toThrow(
      expect.objectContaining({ stage: 'transcription-answer', kind: 'permanent' }),
    );
  });
});
