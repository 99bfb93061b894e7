import { BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, toBytes } from './pcm.ts';
import type { SpokenScript } from './spoken-script.ts';

const PCM_FORMAT = 1;

export interface Wav {
  channels: 1 | 2;
  /** Interleaved when there are two channels. */
  samples: Int16Array;
  script?: SpokenScript | undefined;
}

/**
 * A WAV file: `fmt `, a LIST/INFO comment (ICMT) with the script as JSON, `data`. Players skip the comment.
 * Source: "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, INFO list).
 */
export function writeWav({ channels, samples, script }: Wav): Buffer {
  const format = Buffer.alloc(16);
  const frameBytes = channels * BYTES_PER_SAMPLE;
  format.writeUInt16LE(PCM_FORMAT, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(SAMPLE_RATE_HZ, 4);
  format.writeUInt32LE(SAMPLE_RATE_HZ * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(BYTES_PER_SAMPLE * 8, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    script ? chunk('LIST', Buffer.concat([Buffer.from('INFO'), chunk('ICMT', comment(script))])) : Buffer.alloc(0),
    chunk('data', toBytes(samples)),
  ]);
  return chunk('RIFF', body);
}

/** Zero-terminated and plain ASCII, as INFO texts are. */
const comment = (script: SpokenScript) => Buffer.from(`${asciiJson(script)}\0`, 'latin1');

/** Plain ASCII in any encoding. */
export const asciiJson = (value: unknown) =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Chunks are padded to an even length; the padding is not counted. */
function chunk(id: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
