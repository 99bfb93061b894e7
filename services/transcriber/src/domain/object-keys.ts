import { type RecordingPlace, recordingFolder } from '@onrecord/shared/events';
import type { MediaFormat } from './media-format.ts';

export interface ObjectKeys {
  /** The folder of all objects of this recording, ending in `/`. */
  prefix: string;
  /** A recording has one of them. */
  media: Readonly<Record<MediaFormat, string>>;
  manifest: string;
  waveform: string;
  transcript: string;
  webvtt: string;
  srt: string;
  text: string;
}

/** Where each object of a recording is kept. */
export const objectKeys = (place: RecordingPlace): ObjectKeys => objectKeysIn(recordingFolder(place));

export function objectKeysIn(prefix: string): ObjectKeys {
  return {
    prefix,
    media: { wav: `${prefix}media.wav`, mp3: `${prefix}media.mp3` },
    manifest: `${prefix}manifest.json`,
    waveform: `${prefix}waveform.json`,
    transcript: `${prefix}transcript.json`,
    webvtt: `${prefix}transcript.vtt`,
    srt: `${prefix}transcript.srt`,
    text: `${prefix}transcript.txt`,
  };
}

/** The provider's answer and, beside it, what it answers to. */
export interface AnswerKeys {
  request: string;
  response: string;
}

/** Notes that a request is on its way: the n-th, from 1, for these options. */
export const sentRequestKey = (prefix: string, optionsFingerprint: string, number: number): string =>
  `${prefix}provider-sent.${optionsFingerprint.slice(0, 16)}.${number}.json`;

/**
 * `{AccountSid}/spending/{day}/{n}.json`: what one process has taken of an account's budget of a day. Apart from the recordings' folders,
 * since what was spent stays spent when a recording is deleted.
 */
export const spendingKey = (accountSid: string, day: string, number: number): string =>
  `${accountSid}/spending/${day}/${number}.json`;

/** The names of the first transcription of a recording. */
export const firstAnswerKeys = (prefix: string): AnswerKeys => ({
  request: `${prefix}provider-request.json`,
  response: `${prefix}provider-response.json`,
});

/** The names of a later transcription with other options: a stored answer is never replaced. */
export const furtherAnswerKeys = (prefix: string, optionsFingerprint: string): AnswerKeys => ({
  request: `${prefix}provider-request.${optionsFingerprint.slice(0, 16)}.json`,
  response: `${prefix}provider-response.${optionsFingerprint.slice(0, 16)}.json`,
});
