import type { KeyObject } from 'node:crypto';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { EncryptionDetails } from '../domain/encryption-details.ts';
import { beginsAsMp3, beginsAsText, beginsAsWav } from '../domain/first-bytes.ts';
import { STAGES } from '../domain/stages.ts';
import type { MediaRequest, MediaSource, OpenMedia } from '../media-source.ts';
import { decryptRecording, TAG_BYTES, unwrapContentKey } from './decrypt-recording.ts';
import { createFetching, type Fetched } from './fetch-recording.ts';
import { createMediaRequests, discard, type MediaRequestsOptions, type Reached } from './media-requests.ts';
import { peek } from './peek.ts';
import { inRequestSpan } from './request-span.ts';
import { connectionError } from './twilio-media-errors.ts';
import { askAboutRecording } from './twilio-recording.ts';

export interface TwilioMediaOptions extends MediaRequestsOptions {
  /** Private keys of encrypted recordings, by the SID of their public key. */
  recordingKeys?: ReadonlyMap<string, KeyObject> | undefined;
  now(): Date;
}

export interface TwilioMedia extends MediaSource {
  close(): Promise<void>;
}

/** Fetches recordings from Twilio. The address is built from SIDs; what it cannot be without is asked of the REST API. */
export function createTwilioMedia(options: TwilioMediaOptions): TwilioMedia {
  const { apiUrl, now, recordingKeys = new Map<string, KeyObject>() } = options;
  const requests = createMediaRequests(options);
  const origin = new URL(apiUrl).origin;
  const ask = (recording: MediaRequest, signal: AbortSignal) => askAboutRecording(recording, apiUrl, requests, signal);
  const fetchRecording = createFetching(requests, apiUrl, now);

  const fetchMedia = async (recording: MediaRequest, signal: AbortSignal): Promise<OpenMedia> => {
    const fetched = await fetchRecording(recording, signal);
    try {
      return await readable(recording, fetched, signal);
    } catch (error) {
      discard(fetched.answer);
      throw error;
    }
  };

  /** As it is, or decrypted. */
  const readable = async (recording: MediaRequest, fetched: Fetched, signal: AbortSignal): Promise<OpenMedia> => {
    const { first, media } = await peek(toMedia(fetched));
    if (first.length === 0 || beginsAsWav(first)) return media;
    // One in some thousand encrypted recordings begins as MP3 does; but none is served as MP3.
    if (fetched.asked === 'mp3' && fetched.about?.encryption === undefined && beginsAsMp3(first)) return media;
    // Encrypted, or none: another format, or an error page, from a server that then may have no better answer to this.
    const about =
      fetched.about ??
      (await ask(recording, signal).catch((error: unknown) =>
        beginsAsText(first) ? undefined : Promise.reject(error),
      ));
    return about?.encryption === undefined ? media : decrypted(media, about.encryption, recordingKeys);
  };

  const asked = <T>(answering: () => Promise<T>) =>
    inRequestSpan('GET', apiUrl, () =>
      answering().catch((error: unknown) => Promise.reject(connectionError(error, origin))),
    );
  return {
    open: (recording, signal) => asked(() => fetchMedia(recording, signal)),
    encryptionOf: async (recording, signal) => {
      // Without keys nothing that was encrypted has ever been stored.
      if (recordingKeys.size === 0) return undefined;
      const about = await asked(() => ask(recording, signal));
      return about?.encryption && { publicKeySid: about.encryption.publicKeySid };
    },
    close: requests.close,
  };
}

/** @throws StageError for a key that is missing or another one */
function decrypted(
  { body, contentLength }: OpenMedia,
  encryption: EncryptionDetails,
  keys: ReadonlyMap<string, KeyObject>,
): OpenMedia {
  const contentKey = unwrapContentKey(encryption, keys);
  return {
    body: decryptRecording(body, contentKey, encryption),
    contentLength: contentLength === undefined ? undefined : contentLength - TAG_BYTES,
    encryption: { publicKeySid: encryption.publicKeySid },
  };
}

function toMedia({ answer: { headers, body }, url }: Reached): OpenMedia {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    body.destroy();
    throw new StageError(STAGES.mediaFetch, `${url.host} served the recording with Content-Encoding ${encoding}`, {
      kind: 'transient',
    });
  }
  const length = headers['content-length'];
  const isNumber = typeof length === 'string' && /^\d+$/.test(length);
  return { body: readingErrors(body, url), contentLength: isNumber ? Number(length) : undefined };
}

async function* readingErrors(body: AsyncIterable<Uint8Array>, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionError(error, url.origin);
  }
}
