import { toSamples } from './pcm.ts';
import type { Wav } from './wav.ts';
import { readWavHead } from './wav-head.ts';

/**
 * Reads a WAV of one or two channels.
 * @throws Error when it is none
 */
export function readWav(bytes: Buffer): Wav & { sampleRateHz: number } {
  const reading = readWavHead(bytes);
  if (reading === 'incomplete' || 'problem' in reading) {
    throw new Error(`not a usable WAV: ${reading === 'incomplete' ? 'it ends in its header' : reading.problem}`);
  }
  const { channels, sampleRateHz, script, dataOffset, dataBytes } = reading.found;
  if (channels !== 1 && channels !== 2) throw new Error(`not a usable WAV: it has ${channels} channels`);
  const samples = toSamples(bytes.subarray(dataOffset, dataOffset + dataBytes));
  return { channels, sampleRateHz, samples, script };
}
