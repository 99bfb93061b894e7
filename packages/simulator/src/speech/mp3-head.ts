import { ID3_HEAD_BYTES, SCRIPT_NAME } from './mp3.ts';
import { parseScript, type SpokenScript } from './spoken-script.ts';
import type { WavHead } from './wav-head.ts';

const FRAME_HEAD_BYTES = 4;
const SAMPLE_RATES_HZ: Readonly<Record<number, readonly number[]>> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};
const KILOBITS_OF_MPEG_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KILOBITS_OF_MPEG_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const [LAYER_III, MPEG_1, MONO] = [1, 3, 3];

/**
 * Reads the head of an MP3 file from its first bytes, of a constant bit rate: its first frame speaks for all. `incomplete` means: ask
 * again with more of them. Source: ISO/IEC 11172-3, section 2.4.1.3; id3.org, "ID3 tag version 2.3.0".
 */
export function readMp3Head(bytes: Buffer): { found: WavHead } | { problem: string } | 'incomplete' {
  if (bytes.length < ID3_HEAD_BYTES) return 'incomplete';
  const isTagged = bytes.toString('latin1', 0, 3) === 'ID3';
  const tagBytes = isTagged ? ID3_HEAD_BYTES + bytes.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0) : 0;
  if (bytes.length < tagBytes + FRAME_HEAD_BYTES) return 'incomplete';
  const [sync = 0, kind = 0, rates = 0, mode = 0] = bytes.subarray(tagBytes);
  const version = (kind >> 3) & 3;
  const sampleRateHz = SAMPLE_RATES_HZ[version]?.[(rates >> 2) & 3];
  const kilobits = (version === MPEG_1 ? KILOBITS_OF_MPEG_1 : KILOBITS_OF_MPEG_2)[rates >> 4];
  const isFrame = sync === 0xff && kind >= 0xe0 && ((kind >> 1) & 3) === LAYER_III;
  if (!isFrame || !sampleRateHz || !kilobits) return { problem: 'it does not begin with an MP3 frame' };
  const script = isTagged ? readScript(bytes.subarray(ID3_HEAD_BYTES, tagBytes)) : undefined;
  return {
    found: {
      channels: mode >> 6 === MONO ? 1 : 2,
      sampleRateHz,
      bytesPerSecond: (kilobits * 1_000) / 8,
      bitsPerSample: 0,
      ...(script ? { script } : {}),
      dataOffset: tagBytes,
      dataBytes: 0,
    },
  };
}

/** The script in a tag that the simulator wrote, behind the head of its one frame; or nothing. */
function readScript(tag: Buffer): SpokenScript | undefined {
  const content = tag.toString('latin1', ID3_HEAD_BYTES);
  const name = `\0${SCRIPT_NAME}\0`;
  return content.startsWith(name) ? parseScript(content.slice(name.length)) : undefined;
}
