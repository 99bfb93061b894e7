import type { WavFormat } from '../wav-header.ts';
import { sumMono, sumStereo } from './kernel/sums.ts';
import { addSums, type CrossSums, emptyChannel, endWindow } from './level-sums.ts';
import { type AudioLevels, levelsOf } from './levels.ts';
import { BLOCK_BYTES, type ReadSamples, sampleReader } from './read-samples.ts';
import { createWaveformWriter, type Waveform, WINDOW_FRAMES } from './waveform.ts';

/** Measures audio while it passes, in memory that does not grow with it; keeps none of what it is shown. */
export interface LevelMeter {
  /** Takes the next bytes of the WAV's data, cut anywhere. */
  push(data: Uint8Array): void;
  /** After the last byte. */
  finish(): MeasuredAudio;
}

export interface MeasuredAudio {
  levels: AudioLevels;
  waveform: Waveform;
}

/** Twilio records one channel or two. */
const CHANNELS_MAX = 2;

/** The kernel's sums of the second channel come after so many of the first. */
const SUMS_OF_CHANNEL = 4;

/** @returns why it cannot be measured, in place of the meter */
export function createLevelMeter(format: WavFormat): LevelMeter | string {
  const { bitsPerSample, channels, formatTag } = format;
  if (channels > CHANNELS_MAX) return `${channels} channels are more than the ${CHANNELS_MAX} that are measured`;
  const read = sampleReader(format);
  return read
    ? startMeter(format, read)
    : `samples of ${bitsPerSample} bits with format tag ${formatTag} are not measured`;
}

function startMeter({ bitsPerSample, channels: count, sampleRateHz }: WavFormat, read: ReadSamples): LevelMeter {
  const frameBytes = count * (bitsPerSample / 8);
  const blockBytes = BLOCK_BYTES - (BLOCK_BYTES % frameBytes);
  const [left, right] = [emptyChannel(), emptyChannel()];
  const channels = count === 1 ? [left] : [left, right];
  const cross: CrossSums = { products: 0 };
  const waveform = createWaveformWriter(count);
  /** The beginning of a frame whose end is in the next piece. */
  const cutFrame = new Uint8Array(frameBytes);
  let cutBytes = 0;
  let windowFrames = 0;
  let frames = 0;

  const closeWindow = () => {
    frames += windowFrames;
    waveform.add(channels);
    for (const channel of channels) endWindow(channel, windowFrames);
    windowFrames = 0;
  };
  const add = (from: number, end: number) => {
    const sums = count === 1 ? sumMono(from, end) : sumStereo(from, end);
    addSums(left, sums, 0);
    if (count === 1) return;
    addSums(right, sums, SUMS_OF_CHANNEL);
    cross.products += sums[2 * SUMS_OF_CHANNEL] as number;
  };
  const measure = (bytes: Uint8Array) => {
    const samples = read(bytes);
    for (let at = 0; at < samples; ) {
      const end = Math.min(samples, at + (WINDOW_FRAMES - windowFrames) * count);
      add(at, end);
      windowFrames += (end - at) / count;
      at = end;
      if (windowFrames === WINDOW_FRAMES) closeWindow();
    }
  };
  const completeFrame = (data: Uint8Array): Uint8Array => {
    const missing = data.subarray(0, frameBytes - cutBytes);
    cutFrame.set(missing, cutBytes);
    cutBytes += missing.length;
    if (cutBytes < frameBytes) return data.subarray(missing.length);
    cutBytes = 0;
    measure(cutFrame);
    return data.subarray(missing.length);
  };

  return {
    push(data) {
      let rest = cutBytes > 0 ? completeFrame(data) : data;
      while (rest.length >= frameBytes) {
        const bytes = Math.min(blockBytes, rest.length - (rest.length % frameBytes));
        measure(rest.subarray(0, bytes));
        rest = rest.subarray(bytes);
      }
      if (rest.length > 0) {
        cutFrame.set(rest);
        cutBytes = rest.length;
      }
    },
    finish() {
      if (windowFrames > 0) closeWindow();
      return { levels: levelsOf(channels, cross, frames), waveform: waveform.finish(sampleRateHz) };
    },
  };
}
