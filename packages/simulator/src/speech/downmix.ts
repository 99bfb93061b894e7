import { mixed } from './pcm.ts';
import { readWav } from './read-wav.ts';
import { writeWav } from './wav.ts';

/** A recording on one channel, as Twilio serves it for `RequestedChannels=1`. Its script stays what it was. */
export function toMono(wav: Buffer): Buffer {
  const { channels, samples, script } = readWav(wav);
  if (channels === 1) return wav;
  const mono = Int16Array.from({ length: Math.floor(samples.length / 2) }, (_, index) =>
    mixed(samples[index * 2] ?? 0, samples[index * 2 + 1] ?? 0),
  );
  return writeWav({ channels: 1, samples: mono, script });
}
