import { accountSid, callSid, conferenceSid, instant, recordingSid, storedObject } from '@onrecord/shared/events';
import { z } from 'zod';
import { audioLevels } from './levels/levels.ts';
import { MEDIA_FORMATS } from './media-format.ts';
import { audioWarning } from './reported-audio.ts';

export const MANIFEST_SCHEMA = 'onrecord.manifest.v1';

/** Written last of a recording's archive: where it exists, the archive is complete. */
export const manifest = z.looseObject({
  schema: z.literal(MANIFEST_SCHEMA),
  accountSid,
  recordingSid,
  callSid: callSid.optional(),
  conferenceSid: conferenceSid.optional(),
  startedAt: instant,
  source: z.looseObject({
    /** The media's address at Twilio, without credentials. */
    url: z.string(),
    recordingSource: z.string().optional(),
    /** What Twilio's callback said; the audio itself is described under `audio`. */
    reportedChannels: z.number().int().positive().optional(),
    reportedDurationSeconds: z.number().nonnegative().optional(),
    /** Twilio kept the recording encrypted for this public key; the archived bytes are what it encrypted. Absent: it did not. */
    encryption: z.looseObject({ type: z.literal('rsa-aes'), publicKeySid: z.string() }).optional(),
  }),
  media: storedObject,
  audio: z.looseObject({
    container: z.enum(MEDIA_FORMATS),
    /** As in a WAV header: 1 PCM, 6 A-law, 7 μ-law, 85 MP3. */
    formatTag: z.number().int(),
    channels: z.number().int().positive(),
    sampleRateHz: z.number().int().nonnegative(),
    /** 0 of MP3. */
    bitsPerSample: z.number().int().nonnegative(),
    durationSeconds: z.number().nonnegative(),
  }),
  /** Archives of earlier versions have none of these three. */
  levels: audioLevels.optional(),
  /** The peaks for players. */
  waveform: storedObject.optional(),
  /** Why there are no levels, or no peaks. */
  notMeasured: z.string().optional(),
  /** Where the audio is not as it was reported. Archives of earlier versions name none. */
  warnings: z.array(audioWarning).default([]),
  /** The decision that allowed all this. */
  clearance: z.looseObject({
    decision: z.number().int().positive(),
    policy: z.looseObject({ name: z.string(), version: z.number().int().positive() }),
    rule: z.string(),
    purposes: z.array(z.string()),
    decidedAt: instant,
  }),
  archivedAt: instant,
});
export type Manifest = z.output<typeof manifest>;
