import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoCalls } from '@onrecord/simulator/demo-calls';
import { layOut, record } from '@onrecord/simulator/speech/conversation';
import { createSpeech } from '@onrecord/simulator/speech/speech';
import type { SpokenScript } from '@onrecord/simulator/speech/spoken-script';
import { writeWav } from '@onrecord/simulator/speech/wav';

export interface SpokenCall {
  name: string;
  /** On two channels. */
  audio: Buffer;
  script: SpokenScript;
}

const CALLS = ['consentGranted', 'consentRefused', 'consentUnknown', 'callbacksReordered'] as const;

/** The calls of the demonstration with two parties, spoken anew. Nothing of what is said is written into the audio. */
export async function speakCalls(): Promise<SpokenCall[]> {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-speech-'));
  const speech = createSpeech(folder);
  try {
    const calls: SpokenCall[] = [];
    for (const name of CALLS) {
      const { parties, utterances } = demoCalls[name];
      const lines = utterances.map(async ({ party, text }) => {
        const speaker = parties.find((each) => each.name === party);
        if (speaker === undefined) throw new Error(`nobody is ${party}`);
        return { party, text, channel: speaker.channel, samples: await speech.say(speaker.voice, text) };
      });
      const { script, ...spoken } = record(layOut(await Promise.all(lines)), 2, 0);
      calls.push({ name, script, audio: writeWav(spoken) });
    }
    return calls;
  } finally {
    await speech.close();
    await rm(folder, { recursive: true, force: true });
  }
}
