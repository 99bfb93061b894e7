import { recordingMediaUrl } from '@onrecord/shared/twilio/media-url';
import type { MediaFormat } from '../domain/media-format.ts';
import type { MediaRequest } from '../media-source.ts';
import { discard, type MediaRequests, type Reached } from './media-requests.ts';
import { answerError, missingError, refusedByBucket } from './twilio-media-errors.ts';
import { askAboutRecording, type TwilioRecording } from './twilio-recording.ts';

/** An answer with media, in whatever status, and what led to it. */
export interface Fetched extends Reached {
  /** What Twilio was asked for last. */
  asked: MediaFormat;
  /** What Twilio says of the recording, where it was asked. */
  about?: TwilioRecording | undefined;
}

/** "Requested channels not available". Source: Twilio error 16113. */
const CHANNELS_UNAVAILABLE = 400;
const NOT_FOUND = 404;
/** What else a client is told that may try again; any other 4xx to a request for MP3 means that there is none. */
const NOT_ABOUT_THE_FORMAT = [401, 403, NOT_FOUND, 408, 425, 429];
const ACCEPTED: Readonly<Record<MediaFormat, string>> = {
  wav: 'audio/wav, audio/x-wav',
  mp3: 'audio/mpeg, audio/wav;q=0.5, audio/x-wav;q=0.5',
};

/**
 * Requests for a recording's media, in the format and with the channels that can be had.
 * @throws StageError where there are none; errors of the connection
 */
export function createFetching(requests: MediaRequests, apiUrl: string, now: () => Date) {
  /** With the channels that were reported, or with fewer, or as recorded. */
  const fetchAs = async (format: MediaFormat, recording: MediaRequest, signal: AbortSignal): Promise<Fetched> => {
    const { accountSid, channels, recordingSid } = recording;
    const fetched = async (requestedChannels: 1 | 2 | undefined) => {
      const url = recordingMediaUrl({ apiUrl, accountSid, recordingSid, requestedChannels, format });
      return { ...(await requests.follow(url, ACCEPTED[format], signal)), asked: format };
    };
    for (const asked of [2, 1] as const) {
      if (channels === undefined || channels < asked || channels > 2) continue;
      const reached = await fetched(asked);
      if (reached.answer.statusCode !== CHANNELS_UNAVAILABLE) return reached;
      discard(reached.answer);
    }
    return fetched(undefined);
  };

  /** Twilio answers 404 for what is not ready, deleted or kept elsewhere: only the last of these can be fetched. */
  const findMissing = async (recording: MediaRequest, missing: Fetched, signal: AbortSignal): Promise<Fetched> => {
    discard(missing.answer);
    // Whatever keeps the question from being answered, the recording is tried again.
    const about = await askAboutRecording(recording, apiUrl, requests, signal).catch(() =>
      Promise.reject(answerError(missing, now())),
    );
    if (about?.externalUrl !== undefined) {
      const kept = await requests.follow(about.externalUrl, ACCEPTED[recording.format], signal);
      if (kept.answer.statusCode === 200) return { ...kept, asked: recording.format, about };
      discard(kept.answer);
      throw refusedByBucket(kept, now());
    }
    const asWav = about?.encryption && missing.asked === 'mp3' ? await fetchAs('wav', recording, signal) : undefined;
    if (asWav !== undefined && asWav.answer.statusCode !== NOT_FOUND) return { ...asWav, about };
    if (asWav) discard(asWav.answer);
    throw missingError(missing.url, about);
  };

  return async (recording: MediaRequest, signal: AbortSignal): Promise<Fetched> => {
    let fetched = await fetchAs(recording.format, recording, signal);
    // "Encrypted recordings are available as WAV alone": Twilio error 16109, whose status it does not document.
    if (fetched.asked === 'mp3' && isRefused(fetched.answer.statusCode)) {
      discard(fetched.answer);
      fetched = await fetchAs('wav', recording, signal);
    }
    if (fetched.answer.statusCode === NOT_FOUND) fetched = await findMissing(recording, fetched, signal);
    if (fetched.answer.statusCode === 200) return fetched;
    discard(fetched.answer);
    throw answerError(fetched, now());
  };
}

const isRefused = (status: number) => status >= 400 && status < 500 && !NOT_ABOUT_THE_FORMAT.includes(status);
