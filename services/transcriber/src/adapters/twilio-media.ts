import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { recordingMediaUrl } from '@onrecord/shared/twilio/media-url';
import { Agent, type Dispatcher, request } from 'undici';
import { STAGES } from '../domain/stages.ts';
import type { MediaRequest, MediaSource, OpenMedia } from '../media-source.ts';
import { lookupPublic, refusePrivateHost } from './public-address.ts';
import { inRequestSpan } from './request-span.ts';
import { answerError, connectionError } from './twilio-media-errors.ts';

export interface TwilioMediaOptions {
  /** `https://api.twilio.com`, or where a simulator listens. */
  apiUrl: string;
  /** An API key and its secret, or the AccountSid and the auth token. */
  credentials: { user: string; password: string };
  connectTimeoutMs: number;
  /** From the request to the answer's headers. */
  headersTimeoutMs: number;
  /** Between two pieces of the body. */
  bodyTimeoutMs: number;
  /** Redirects that are followed for one recording. */
  redirectsMax: number;
  now(): Date;
}

export interface TwilioMedia extends MediaSource {
  close(): Promise<void>;
}

type Answer = Dispatcher.ResponseData;

const REDIRECTS = [301, 302, 303, 307, 308];
/** "Requested channels not available". Source: Twilio error 16113. */
const CHANNELS_UNAVAILABLE = 400;

/** Fetches recordings from Twilio. The address is built from SIDs; credentials go to the configured host alone. */
export function createTwilioMedia(options: TwilioMediaOptions): TwilioMedia {
  const connect = { timeout: options.connectTimeoutMs };
  const twilio = new Agent({ connect });
  const elsewhere = new Agent({ connect: { ...connect, lookup: lookupPublic } });
  const origin = new URL(options.apiUrl).origin;
  const { user, password } = options.credentials;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  const ask = async (url: URL, signal: AbortSignal): Promise<Answer> => {
    const isTwilio = url.origin === origin;
    if (!isTwilio) refuseRedirect(url, origin);
    const answer = await request(url, {
      dispatcher: isTwilio ? twilio : elsewhere,
      signal,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
      headers: {
        accept: 'audio/wav, audio/x-wav',
        'accept-encoding': 'identity',
        ...(isTwilio ? { authorization } : {}),
      },
    });
    // A body that breaks while nobody reads it must not end the process; whoever reads it sees the error.
    answer.body.on('error', () => {});
    return answer;
  };

  /** The first answer that is no redirect, and where it came from. */
  const follow = async (start: URL, signal: AbortSignal): Promise<{ answer: Answer; url: URL }> => {
    let url = start;
    for (let redirects = 0; redirects <= options.redirectsMax; redirects += 1) {
      const answer = await ask(url, signal);
      if (!REDIRECTS.includes(answer.statusCode)) return { answer, url };
      discard(answer);
      url = redirectTarget(answer, url);
    }
    throw new StageError(
      STAGES.mediaFetch,
      `more than ${options.redirectsMax} redirects, the last one to ${url.host}`,
      {
        kind: 'transient',
      },
    );
  };

  const fetchMedia = async (recording: MediaRequest, signal: AbortSignal): Promise<OpenMedia> => {
    const { accountSid, recordingSid } = recording;
    const named = (requestedChannels: 1 | 2 | undefined) =>
      recordingMediaUrl({ apiUrl: options.apiUrl, accountSid, recordingSid, requestedChannels });
    const wanted = recording.channels === 1 || recording.channels === 2 ? recording.channels : undefined;
    let { answer, url } = await follow(named(wanted), signal);
    if (answer.statusCode === CHANNELS_UNAVAILABLE && wanted === 2) {
      discard(answer);
      ({ answer, url } = await follow(named(1), signal));
    }
    if (answer.statusCode !== 200) {
      discard(answer);
      throw answerError(answer, url, options.now());
    }
    return toMedia(answer, url);
  };

  return {
    open: (recording, signal) =>
      inRequestSpan('GET', options.apiUrl, () =>
        fetchMedia(recording, signal).catch((error: unknown) => Promise.reject(connectionError(error, origin))),
      ),
    close: async () => {
      await Promise.all([twilio.destroy(), elsewhere.destroy()]);
    },
  };
}

function toMedia({ headers, body }: Answer, url: URL): OpenMedia {
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

function redirectTarget({ headers }: Answer, from: URL): URL {
  const location = [headers.location].flat()[0];
  if (location !== undefined && URL.canParse(location, from.href)) return new URL(location, from.href);
  throw new StageError(STAGES.mediaFetch, `${from.host} redirected to nowhere`, { kind: 'transient' });
}

/** @throws StageError, PrivateAddressError */
function refuseRedirect(url: URL, origin: string): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && origin.startsWith('http:'))) {
    throw new StageError(
      STAGES.mediaFetch,
      `a redirect to ${url.protocol}//${url.host} is not followed: it is not https`,
      {
        kind: 'permanent',
      },
    );
  }
  refusePrivateHost(url);
}

/** Frees the connection; what the body says about an error is not needed. */
function discard(answer: Answer): void {
  answer.body.destroy();
}
