import { expect, test } from 'vitest';
import { speakConversation } from './calls/engine.ts';
import { demoCalls } from './demo-calls.ts';
import { createSpeech } from './speech/speech.ts';
import { SPEECH_CACHE } from './testing/simulated.ts';

test('each demonstration call takes 8 to 14 s and has words of its own', async () => {
  const speech = createSpeech(SPEECH_CACHE);
  const spoken: string[] = [];
  for (const call of Object.values(demoCalls)) {
    if (call.kind === 'outbound-call') continue;
    const speakers =
      call.kind === 'conference' ? call.participants.map((each) => ({ ...each, channel: 0 })) : call.parties;
    const { durationMs } = await speakConversation(speech, speakers, call.utterances);
    expect(durationMs).toBeGreaterThan(8_000);
    expect(durationMs).toBeLessThan(14_000);
    spoken.push(...call.utterances.map(({ text }) => text));
  }
  await speech.close();
  expect(new Set(spoken).size).toBe(spoken.length);
}, 60_000);
