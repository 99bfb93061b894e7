/**
 * Peaks for players, in the JSON form of BBC's audiowaveform.
 * Source: github.com/bbc/audiowaveform, doc/DataFormat.md, version 2.
 */
export interface Waveform {
  version: 2;
  channels: number;
  sample_rate: number;
  /** Samples of a channel that a point stands for. */
  samples_per_pixel: number;
  bits: 8;
  /** Points of a channel. */
  length: number;
  /** For each point the lowest and the highest sample of each channel, from -128 to 127. */
  data: number[];
}

/** Where a point comes from: what is lowest and highest of each channel, in 16 bits. */
interface Extremes {
  min: number;
  max: number;
}

interface WaveformWriter {
  /** Takes the next `WINDOW_FRAMES` of all channels; fewer only at the end. */
  add(channels: readonly Extremes[]): void;
  finish(sampleRateHz: number): Waveform;
}

/** What is measured at once: 32 ms at the telephone's 8 kHz, about a syllable's part. */
export const WINDOW_FRAMES = 256;

/**
 * More points than any screen is wide; with two channels 128 KiB of memory and about 500 kB of JSON, however long the recording
 * is. Above it (17 minutes at 8 kHz) a point stands for twice as many samples, and so on: half a second in one of four hours.
 */
export const POINTS_MAX = 32_768;

export function createWaveformWriter(channelCount: number): WaveformWriter {
  const perPoint = channelCount * 2;
  const data = new Int8Array(POINTS_MAX * perPoint);
  let points = 0;
  let windowsPerPoint = 1;
  /** Windows that the last point has, of `windowsPerPoint`. */
  let windows = 1;

  const beginPoint = () => {
    if (points === POINTS_MAX) {
      halve(data, perPoint);
      points /= 2;
      windowsPerPoint *= 2;
    }
    points += 1;
    windows = 0;
  };

  return {
    add(channels) {
      if (windows === windowsPerPoint) beginPoint();
      const isFirst = windows === 0;
      for (let channel = 0; channel < channelCount; channel += 1) {
        const { min, max } = channels[channel] as Extremes;
        const at = (points - 1) * perPoint + channel * 2;
        if (isFirst || toByte(min) < (data[at] as number)) data[at] = toByte(min);
        if (isFirst || toByte(max) > (data[at + 1] as number)) data[at + 1] = toByte(max);
      }
      windows += 1;
    },
    finish: (sampleRateHz) => ({
      version: 2,
      channels: channelCount,
      sample_rate: sampleRateHz,
      samples_per_pixel: WINDOW_FRAMES * windowsPerPoint,
      bits: 8,
      length: points,
      data: Array.from(data.subarray(0, points * perPoint)),
    }),
  };
}

/** Makes one point of two, in place. */
function halve(data: Int8Array, perPoint: number): void {
  for (let to = 0; to < data.length / 2; to += 1) {
    const from = Math.floor(to / perPoint) * perPoint * 2 + (to % perPoint);
    const [one, other] = [data[from] as number, data[from + perPoint] as number];
    data[to] = to % 2 === 0 ? Math.min(one, other) : Math.max(one, other);
  }
}

const toByte = (sample: number) => Math.trunc(sample / 256);
