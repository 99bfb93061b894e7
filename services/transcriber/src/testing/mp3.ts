import { writeMp3 } from '@onrecord/simulator/speech/mp3';

/** An MP3 by LAME, MPEG-2.5 at 8 kHz and 32 kbit/s, of a tone a channel. */
export function mp3({ seconds, channels = 1 }: { seconds: number; channels?: 1 | 2 }): Promise<Buffer> {
  const samples = Int16Array.from({ length: Math.round(seconds * 8_000) * channels }, (_, index) =>
    Math.round(9_000 * Math.sin(Math.floor(index / channels) / (5 + (index % channels)))),
  );
  return writeMp3({ channels, samples });
}

/** Frames of 32 kbit/s at 8 kHz have all as many bytes. Source: ISO/IEC 11172-3, section 2.4.3.1. */
export const FRAME_BYTES = 288;
