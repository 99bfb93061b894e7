import type { WavFormat } from './wav-header.ts';

/** As Twilio serves recordings, and as they are archived: bit for bit. */
export const MEDIA_FORMATS = ['wav', 'mp3'] as const;
export type MediaFormat = (typeof MEDIA_FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<MediaFormat, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' };

/** What audio says of itself; of MP3 in the terms in which a WAV header would say it. */
export interface AudioFormat extends WavFormat {
  container: MediaFormat;
}

/** WAVE_FORMAT_MPEGLAYER3. Source: Microsoft, `mmreg.h`. */
export const MP3_FORMAT_TAG = 0x55;
