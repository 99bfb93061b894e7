import { z } from 'zod';
import { type ChannelSums, type CrossSums, FULL_SCALE } from './level-sums.ts';

const decibels = z.number().max(0);

/**
 * How loud the audio is, in decibels to full scale (a signal that stays at the largest 16-bit sample has an RMS of 0 dBFS). RMS and
 * peak are of the whole recording, pauses included; both are absent where every sample is 0.
 */
export const audioLevels = z.looseObject({
  channels: z.array(
    z.looseObject({
      channel: z.number().int().nonnegative(),
      rmsDbfs: decibels.optional(),
      peakDbfs: decibels.optional(),
      /** The share of windows of 256 samples whose RMS is below -50 dBFS: 1 is a microphone that is dead, or muted. */
      silenceRatio: z.number().min(0).max(1),
    }),
  ),
  /** Pearson's coefficient of two channels, from -1 to 1; absent where one of them never changes. */
  correlation: z.number().min(-1).max(1).optional(),
});
export type AudioLevels = z.output<typeof audioLevels>;

/**
 * From here on two channels are the same sound, whatever its loudness or sign. Encoding a sound twice by G.711 leaves more than
 * 0.999 of it; two people on two legs come to about 0, also where one hears the other's echo, which is late.
 */
const SAME_CORRELATION = 0.99;

/** Whether the two channels carry one sound: what is said is then on both, and who said it on neither. */
export const areSameChannels = ({ correlation }: AudioLevels): boolean =>
  correlation !== undefined && Math.abs(correlation) >= SAME_CORRELATION;

export function levelsOf(channels: readonly ChannelSums[], cross: CrossSums, frames: number): AudioLevels {
  const correlation = correlationOf(channels, cross, frames);
  return {
    channels: channels.map(({ peak, silentWindows, totalSquares, windows }, channel) => ({
      channel,
      ...(peak === 0 ? {} : { rmsDbfs: dbfs(Math.sqrt(totalSquares / frames)), peakDbfs: dbfs(peak) }),
      silenceRatio: windows === 0 ? 1 : rounded(silentWindows / windows, 3),
    })),
    ...(correlation === undefined ? {} : { correlation: rounded(correlation, 3) }),
  };
}

function correlationOf([one, other]: readonly ChannelSums[], { products }: CrossSums, frames: number) {
  if (!one || !other || frames === 0) return undefined;
  const spread = ({ totalSquares, totalSum }: ChannelSums) => totalSquares - totalSum ** 2 / frames;
  const product = spread(one) * spread(other);
  if (product <= 0) return undefined;
  const together = products - (one.totalSum * other.totalSum) / frames;
  return Math.max(-1, Math.min(1, together / Math.sqrt(product)));
}

const dbfs = (amplitude: number) => rounded(20 * Math.log10(amplitude / FULL_SCALE), 1);

/** Without a negative zero, which JSON would write as 0 anyway. */
const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits + 0;
