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

export interface StereoSums {
  left: ChannelSums;
  right: ChannelSums;
  cross: CrossSums;
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

/** Every sample of every recording passes here: only numbers in local variables, and both channels in one turn. */
export function addMono(samples: Int16Array, from: number, end: number, channel: ChannelSums): void {
  let { min, max, sum, squares } = channel;
  for (let at = from; at < end; at += 1) {
    const sample = samples[at] as number;
    if (sample < min) min = sample;
    if (sample > max) max = sample;
    sum += sample;
    squares += sample * sample;
  }
  channel.min = min;
  channel.max = max;
  channel.sum = sum;
  channel.squares = squares;
}

/** Half the time of `addMono` for each channel and the products apart. At most a window at once, so that a sum has 32 bits. */
export function addStereo(samples: Int16Array, from: number, end: number, { left, right, cross }: StereoSums): void {
  let [leftMin, leftMax, rightMin, rightMax] = [FULL_SCALE, -FULL_SCALE, FULL_SCALE, -FULL_SCALE];
  let [leftSum, leftSquares, rightSum, rightSquares] = [0, 0, 0, 0];
  let products = 0;
  for (let at = from; at < end; at += 2) {
    const one = samples[at] as number;
    const other = samples[at + 1] as number;
    if (one < leftMin) leftMin = one;
    if (one > leftMax) leftMax = one;
    if (other < rightMin) rightMin = other;
    if (other > rightMax) rightMax = other;
    leftSum = (leftSum + one) | 0;
    rightSum = (rightSum + other) | 0;
    leftSquares += Math.imul(one, one);
    rightSquares += Math.imul(other, other);
    products += Math.imul(one, other);
  }
  addTo(left, leftMin, leftMax, leftSum, leftSquares);
  addTo(right, rightMin, rightMax, rightSum, rightSquares);
  cross.products += products;
}

function addTo(channel: ChannelSums, min: number, max: number, sum: number, squares: number): void {
  channel.min = Math.min(channel.min, min);
  channel.max = Math.max(channel.max, max);
  channel.sum += sum;
  channel.squares += squares;
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
