/** What an OpenAI-compatible server answers to one channel. Shape: OpenAI API reference, "Create transcription", `verbose_json`. */
export const verboseAnswer = (text: string, start: number) => {
  const words = text.split(' ').map((word, index) => ({
    word: word.replace(/[.,?]/g, ''),
    start: start + index * 0.3,
    end: start + index * 0.3 + 0.25,
  }));
  return {
    task: 'transcribe',
    language: 'english',
    duration: 2,
    text,
    segments: [{ id: 0, seek: 0, start, end: start + 1, text: ` ${text}`, avg_logprob: -0.1, no_speech_prob: 0.01 }],
    words,
    usage: { type: 'duration', seconds: 2 },
  };
};
