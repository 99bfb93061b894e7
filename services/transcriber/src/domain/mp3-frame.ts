/** What the head of an MPEG audio frame says. Source: ISO/IEC 11172-3 and 13818-3, section 2.4.1.3; MPEG-2.5 as decoders know it. */
export interface Mp3Frame {
  /** 0 for MPEG-2.5, 2 for MPEG-2, 3 for MPEG-1. */
  version: number;
  channels: 1 | 2;
  sampleRateHz: number;
  bitsPerSecond: number;
  /** Of each channel. */
  samples: number;
  /** The whole frame, its head included. */
  bytes: number;
  /** Between the head and the sound. */
  sideInfoBytes: number;
}

export const FRAME_HEAD_BYTES = 4;

const MPEG_1 = 3;
const LAYER_III = 1;
const MONO = 3;
const RESERVED_EMPHASIS = 2;
const SAMPLE_RATES_HZ: Readonly<Record<number, readonly number[]>> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};
/** In kbit/s. The first is a rate that the head does not tell, which nobody writes; the index after the last is forbidden. */
const BIT_RATES_OF_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_OF_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** @returns `undefined` where these four bytes are not the head of an MP3 frame whose length can be known */
export function readMp3Frame([sync = 0, kind = 0, rates = 0, mode = 0]: Uint8Array): Mp3Frame | undefined {
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0 || ((kind >> 1) & 3) !== LAYER_III) return undefined;
  const version = (kind >> 3) & 3;
  const sampleRateHz = SAMPLE_RATES_HZ[version]?.[(rates >> 2) & 3];
  const bitsPerSecond = ((version === MPEG_1 ? BIT_RATES_OF_1 : BIT_RATES_OF_2)[rates >> 4] ?? 0) * 1_000;
  if (sampleRateHz === undefined || bitsPerSecond === 0 || (mode & 3) === RESERVED_EMPHASIS) return undefined;
  const channels = mode >> 6 === MONO ? 1 : 2;
  const samples = version === MPEG_1 ? 1_152 : 576;
  const bytes = Math.floor((samples / 8) * (bitsPerSecond / sampleRateHz)) + ((rates >> 1) & 1);
  return { version, channels, sampleRateHz, bitsPerSecond, samples, bytes, sideInfoBytes: sideInfo(version, channels) };
}

function sideInfo(version: number, channels: 1 | 2): number {
  if (version === MPEG_1) return channels === 1 ? 17 : 32;
  return channels === 1 ? 9 : 17;
}

/** Whether a frame can follow the other: the bit rate may change, and stereo may be joint or not. */
export const isOfSameStream = (a: Mp3Frame, b: Mp3Frame): boolean =>
  a.version === b.version && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels;
