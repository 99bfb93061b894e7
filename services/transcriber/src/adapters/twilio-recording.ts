import type { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { recordingMediaUrl } from '@onrecord/shared/twilio/media-url';
import { z } from 'zod';
import { type EncryptionDetails, readEncryptionDetails } from '../domain/encryption-details.ts';
import { STAGES } from '../domain/stages.ts';
import type { MediaRequest } from '../media-source.ts';
import { AnswerTooLongError, readBounded } from './bounded-fetch.ts';
import { discard, type MediaRequests } from './media-requests.ts';

/** What Twilio says of a recording beside its audio. Source: twilio-oai, `api.v2010.account.recording`. */
export interface TwilioRecording {
  status: string;
  errorCode: number | undefined;
  encryption: EncryptionDetails | undefined;
  /** Where the audio is, when the account keeps its recordings in a bucket of its own. */
  externalUrl: URL | undefined;
}

const resource = z.looseObject({
  status: z.string(),
  error_code: z.coerce.number().nullish(),
  encryption_details: z.unknown().optional(),
  media_url: z.string().nullish(),
});

/** A recording's resource has some 1 kB. */
const RESOURCE_BYTES_MAX = 65_536;

/**
 * Asks Twilio about a recording whose audio is not what was expected.
 * @returns `undefined` where Twilio knows no such recording
 * @throws StageError `media-fetch`, transient, when there is no usable answer; errors of the connection
 */
export async function askAboutRecording(
  { accountSid, recordingSid }: MediaRequest,
  apiUrl: string,
  requests: MediaRequests,
  signal: AbortSignal,
): Promise<TwilioRecording | undefined> {
  const url = recordingMediaUrl({ apiUrl, accountSid, recordingSid });
  const mediaPath = new RegExp(`/Accounts/${accountSid}/Recordings/${recordingSid}(\\.wav|\\.mp3)?$`);
  url.pathname = url.pathname.replace(/\.wav$/, '.json');
  // The metadata of a deleted recording can be had for 40 days.
  url.searchParams.set('IncludeSoftDeleted', 'true');
  const { answer } = await requests.follow(url, 'application/json', signal);
  if (answer.statusCode !== 200) {
    discard(answer);
    if (answer.statusCode === 404) return undefined;
    throw noAnswer(url, `status ${answer.statusCode}`);
  }
  const parsed = resource.safeParse(await readJson(answer.body));
  if (!parsed.success) throw noAnswer(url, 'what is no recording resource');
  const { status, error_code, encryption_details, media_url } = parsed.data;
  const media = media_url && URL.canParse(media_url) ? new URL(media_url) : undefined;
  return {
    status,
    errorCode: error_code ?? undefined,
    encryption: readEncryptionDetails(encryption_details),
    externalUrl: media === undefined || mediaPath.test(media.pathname) ? undefined : media,
  };
}

const noAnswer = (url: URL, what: string) =>
  new StageError(STAGES.mediaFetch, `${url.host} answered ${what} to the question what the recording is`, {
    kind: 'transient',
  });

/** `undefined` where it is none, or too long. */
async function readJson(body: Readable): Promise<unknown> {
  try {
    return JSON.parse((await readBounded(body, RESOURCE_BYTES_MAX)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof AnswerTooLongError) return undefined;
    throw error;
  }
}
