import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMp3Encoder } from 'wasm-media-encoders';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import { asciiJson, type Wav } from './wav.ts';

/** As Twilio's. Source: Twilio "Recordings resource", "Fetch a recording's media". */
const KILOBITS_PER_SECOND = 32;
/** One second is encoded at a time, so that other requests are answered in between. */
const STEP_SAMPLES = SAMPLE_RATE_HZ;
const LOUDEST_SAMPLE = 32_768;
export const ID3_HEAD_BYTES = 10;
/** Of the text in the tag that is the script. */
export const SCRIPT_NAME = 'simulatorScript';

/**
 * An MP3 file by LAME: an ID3v2.3 tag with the script as JSON in a TXXX frame, and frames of MPEG-2.5 at 8 kHz and 32 kbit/s. Players skip
 * the tag. The same audio gives the same bytes.
 */
export async function writeMp3({ channels, samples, script }: Wav): Promise<Buffer> {
  const encoder = await createMp3Encoder();
  encoder.configure({ channels, sampleRate: SAMPLE_RATE_HZ, bitrate: KILOBITS_PER_SECOND });
  const parts = script ? [id3Tag(asciiJson(script))] : [];
  const frames = samples.length / channels;
  for (let from = 0; from < frames; from += STEP_SAMPLES) {
    const length = Math.min(STEP_SAMPLES, frames - from);
    const sound = Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length }, (__, at) => (samples[(from + at) * channels + channel] ?? 0) / LOUDEST_SAMPLE),
    );
    // What it returns is its own memory, which the next second overwrites.
    parts.push(Buffer.from(encoder.encode(sound)));
    await nextTurn();
  }
  return Buffer.concat([...parts, Buffer.from(encoder.finalize())]);
}

/** Source: id3.org, "ID3 tag version 2.3.0", sections 3.1, 3.3 and 4.2.2. */
function id3Tag(text: string): Buffer {
  const content = Buffer.from(`\0${SCRIPT_NAME}\0${text}`, 'latin1');
  const frame = Buffer.concat([Buffer.from('TXXX______'), content]);
  frame.writeUInt32BE(content.length, 4);
  frame.writeUInt16BE(0, 8);
  const head = Buffer.from('ID3\x03\0\0____', 'latin1');
  // Seven bits of each byte count.
  for (const place of [0, 1, 2, 3]) head[9 - place] = (frame.length >> (7 * place)) & 0x7f;
  return Buffer.concat([head, frame]);
}
