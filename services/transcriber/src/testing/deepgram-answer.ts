/** What Deepgram answers to two channels with utterances. Shape: its API reference for `POST /v1/listen`. */
export const twoChannelAnswer = {
  metadata: {
    transaction_key: 'deprecated',
    request_id: '0b9a6a5c-6a2c-4a5f-9d5b-3f1f3c1d2e3f',
    sha256: 'f'.repeat(64),
    created: '2026-11-21T12:00:00.000Z',
    duration: 2,
    channels: 2,
    models: ['m-1'],
    model_info: { 'm-1': { name: 'general-nova-3', version: '2026-05-01.0', arch: 'nova-3' } },
  },
  results: {
    channels: [channelSaying('Hello there.', 0.2), channelSaying('Hi.', 1.1)],
    utterances: [utterance(0, 'Hello there.', 0.2), utterance(1, 'Hi.', 1.1)],
  },
};

export const monoAnswer = {
  metadata: { ...twoChannelAnswer.metadata, channels: 1 },
  results: {
    channels: [channelSaying('Hello there.', 0.2)],
    utterances: [{ ...utterance(0, 'Hello there.', 0.2), speaker: 0 }],
  },
};

function words(text: string, start: number) {
  return text.split(' ').map((punctuated, index) => ({
    word: punctuated.toLowerCase().replace(/\W/g, ''),
    punctuated_word: punctuated,
    start: start + index * 0.3,
    end: start + index * 0.3 + 0.25,
    confidence: 0.98,
  }));
}

function channelSaying(transcript: string, start: number) {
  return {
    detected_language: 'en',
    language_confidence: 0.99,
    alternatives: [{ transcript, confidence: 0.98, words: words(transcript, start) }],
  };
}

function utterance(channel: number, transcript: string, start: number) {
  const spoken = words(transcript, start);
  return {
    id: `u-${channel}`,
    channel,
    transcript,
    start,
    end: spoken.at(-1)?.end ?? start,
    confidence: 0.98,
    words: spoken,
  };
}
