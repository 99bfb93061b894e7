import {
  accountSid,
  callSid,
  conferenceSid,
  instant,
  recordingSid,
  sha256,
  storedObject,
  transcriptCost,
} from '@onrecord/shared/events';
import { z } from 'zod';
import { insteadOf } from './instead-of.ts';

export const TRANSCRIPT_SCHEMA = 'onrecord.transcript.v1';

const seconds = z.number().nonnegative();
const confidence = z.number().min(0).max(1).optional();

const transcriptWord = z.looseObject({ text: z.string(), start: seconds, end: seconds, confidence });

const transcriptTurn = z.looseObject({
  /** One of `speakers`. */
  speaker: z.string(),
  channel: z.number().int().nonnegative(),
  start: seconds,
  end: seconds,
  confidence,
  text: z.string(),
  words: z.array(transcriptWord),
});
export type TranscriptTurn = z.output<typeof transcriptTurn>;

const transcriptSpeaker = z.looseObject({
  label: z.string(),
  channel: z.number().int().nonnegative(),
  /** How the label is known: from the call's legs, from the sound of the voice, or not at all. */
  basis: z.enum(['channel', 'diarization', 'unknown']),
});
export type TranscriptSpeaker = z.output<typeof transcriptSpeaker>;

/** What whoever relies on the transcript should know. */
const transcriptWarning = z.looseObject({ kind: z.enum(['channels-mixed']), text: z.string() });
export type TranscriptWarning = z.output<typeof transcriptWarning>;

/** `transcript.json`, written last of a transcription: where it exists, everything that it names exists. */
export const transcript = z.looseObject({
  schema: z.literal(TRANSCRIPT_SCHEMA),
  accountSid,
  recordingSid,
  callSid: callSid.optional(),
  conferenceSid: conferenceSid.optional(),
  /** True when a simulator invented the words. */
  simulated: z.boolean(),
  provider: z.looseObject({
    name: z.string(),
    model: z.string().optional(),
    requestId: z.string().optional(),
    /** The provider that comes first, and why it was not this. Absent: this is the first. */
    insteadOf: insteadOf.optional(),
    /** The untouched answer that this was made from. */
    response: storedObject,
  }),
  audio: z.looseObject({ key: z.string(), sha256, channels: z.number().int().positive(), durationSeconds: seconds }),
  optionsFingerprint: z.string(),
  language: z.string().optional(),
  speakers: z.array(transcriptSpeaker),
  turns: z.array(transcriptTurn),
  billedSeconds: seconds,
  /** Absent in transcripts of before prices were kept. */
  cost: transcriptCost.optional(),
  /** Billed perhaps, besides: by requests whose answer was lost. */
  uncertainSeconds: seconds.optional(),
  /** Kinds may be added. */
  warnings: z.array(transcriptWarning).optional(),
  /** The same words as WebVTT, SRT and plain text. */
  derived: z.array(storedObject),
  completedAt: instant,
});
export type Transcript = z.output<typeof transcript>;

/** What the captions and the text are written from. */
export type SpokenTranscript = Pick<Transcript, 'simulated' | 'turns' | 'recordingSid'> & {
  provider: { name: string };
};
