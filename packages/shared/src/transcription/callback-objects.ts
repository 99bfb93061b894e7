import { z } from 'zod';
import type { CallbackSubject } from './callback-token.ts';

const ASKED_SCHEMA = 'onrecord.provider-asked.v1';

/** Says that an answer was asked for and is waited for: written before the request is sent. Without it no answer is taken. */
export const askedNote = z.looseObject({
  schema: z.literal(ASKED_SCHEMA),
  audioSha256: z.string(),
  optionsFingerprint: z.string(),
  askedAt: z.iso.datetime(),
  /** Until then it is not asked for again. */
  answerBy: z.iso.datetime(),
});
export type AskedNote = z.output<typeof askedNote>;

export const askedNoteOf = (
  { audioSha256, optionsFingerprint }: CallbackSubject,
  times: { askedAt: Date; answerBy: Date },
): AskedNote => ({
  schema: ASKED_SCHEMA,
  audioSha256,
  optionsFingerprint,
  askedAt: times.askedAt.toISOString(),
  answerBy: times.answerBy.toISOString(),
});

export const isAbout = (note: AskedNote, subject: CallbackSubject): boolean =>
  note.audioSha256 === subject.audioSha256 && note.optionsFingerprint === subject.optionsFingerprint;

/** Where the note is, and where the answer is put as it came: in the recording's folder, so that both go with it. */
export const callbackKeys = ({ folder, optionsFingerprint }: CallbackSubject) => ({
  asked: `${folder}provider-asked.${optionsFingerprint.slice(0, 16)}.json`,
  answer: `${folder}provider-callback.${optionsFingerprint.slice(0, 16)}.json`,
});
