/** What is summed up of a channel: of the window that is open, and of all windows before. */
export interface ChannelSums {
  min: number;
  max: number;
  sum: number;
  squares: number;
  peak: number;
  totalSum: number;
  totalSquares: number;
  windows: number;
  silentWindows: number;
}

/** What is summed up of two channels together. */
export interface CrossSums {
  products: number;
}

/** Of a 16-bit sample; a signal that stays here is 0 dBFS. */
export const FULL_SCALE = 32_768;

/**
 * A window whose RMS is below this is silent: above the noise of a telephone line at rest (about -65 dBFS), below speech that is
 * quiet (about -40 dBFS).
 */
const SILENCE_DBFS = -50;

const SILENT_MEAN_SQUARE = (FULL_SCALE * 10 ** (SILENCE_DBFS / 20)) ** 2;

export const emptyChannel = (): ChannelSums => ({
  min: FULL_SCALE,
  max: -FULL_SCALE,
  sum: 0,
  squares: 0,
  peak: 0,
  totalSum: 0,
  totalSquares: 0,
  windows: 0,
  silentWindows: 0,
});

/** Adds what the kernel summed up of samples, a window at most; `at` is where the channel's sums begin. */
export function addSums(channel: ChannelSums, sums: Float64Array, at: number): void {
  channel.min = Math.min(channel.min, sums[at] as number);
  channel.max = Math.max(channel.max, sums[at + 1] as number);
  channel.sum += sums[at + 2] as number;
  channel.squares += sums[at + 3] as number;
}

export function endWindow(channel: ChannelSums, frames: number): void {
  channel.peak = Math.max(channel.peak, -channel.min, channel.max);
  channel.totalSum += channel.sum;
  channel.totalSquares += channel.squares;
  channel.windows += 1;
  if (channel.squares < SILENT_MEAN_SQUARE * frames) channel.silentWindows += 1;
  channel.min = FULL_SCALE;
  channel.max = -FULL_SCALE;
  channel.sum = 0;
  channel.squares = 0;
}
