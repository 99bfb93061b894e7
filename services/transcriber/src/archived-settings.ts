import { flag } from '@onrecord/shared/config/settings';
import { transcriptionAnswerSettings } from '@onrecord/shared/transcription/answer-settings';
import { publicBaseUrls } from '@onrecord/shared/twilio/public-base-urls';
import { z } from 'zod';

/** How Deepgram is asked about audio that is archived, where it is not asked while the audio arrives. */
export const archivedSettings = {
  ...transcriptionAnswerSettings,
  TRANSCRIPTION_CALLBACK: flag()
    .prefault('false')
    .describe('true has Deepgram call its answers back at PUBLIC_BASE_URL, so that a restart loses none'),
  TRANSCRIPTION_PRESIGNED_URL: flag()
    .prefault('false')
    .describe('true has Deepgram fetch the audio from the S3 store itself, by an address that ends'),
  PUBLIC_BASE_URL: publicBaseUrls()
    .optional()
    .describe('The address under which ingest is reached; needed with TRANSCRIPTION_CALLBACK alone'),
};

type Given = z.output<z.ZodObject<typeof archivedSettings>> & {
  TRANSCRIPTION_PROVIDER: string;
  TRANSCRIPTION_URL?: string | undefined;
  TRANSCRIPTION_FALLBACK_PROVIDER?: string | undefined;
  TRANSCRIPTION_FALLBACK_URL?: string | undefined;
  RECORDINGS_BUCKET: string;
};

/** Source: Deepgram "STT Callback". */
const DEEPGRAM_PORTS = ['', '80', '443', '8080', '8443'];
const WAYS = ['TRANSCRIPTION_CALLBACK', 'TRANSCRIPTION_PRESIGNED_URL'] as const;

const needs = (path: string, isMet: (all: Given) => boolean, error: string) =>
  // Judged whatever else is wrong, so that one message names everything.
  z.refine<Given>(isMet, { path: [path], error, when: () => true });

/** For `.check(…)`. */
export const archivedWaysFit = [
  ...WAYS.map((way) =>
    needs(
      way,
      (all) =>
        all[way] !== true || providersOf(all).some(({ name }) => name !== undefined && name !== 'openai-compatible'),
      'only Deepgram does that: leave it out, or have Deepgram for a provider',
    ),
  ),
  needs(
    'TRANSCRIPTION_WEBHOOK_SECRET',
    (all) => all.TRANSCRIPTION_CALLBACK !== true || all.TRANSCRIPTION_WEBHOOK_SECRET !== undefined,
    'TRANSCRIPTION_CALLBACK needs it, and ingest the same one: openssl rand -hex 32',
  ),
  needs(
    'PUBLIC_BASE_URL',
    (all) => all.TRANSCRIPTION_CALLBACK !== true || all.PUBLIC_BASE_URL !== undefined,
    'TRANSCRIPTION_CALLBACK needs it: the address under which the provider reaches ingest',
  ),
  needs(
    'PUBLIC_BASE_URL',
    (all) => !isCalledByDeepgram(all) || isCallable(all.PUBLIC_BASE_URL?.[0]),
    'Deepgram calls answers back at https on port 443 or 8443: give such an address first, or leave TRANSCRIPTION_CALLBACK out',
  ),
  needs(
    'TRANSCRIPTION_PRESIGNED_URL',
    (all) => all.TRANSCRIPTION_PRESIGNED_URL !== true || /^s3:/.test(all.RECORDINGS_BUCKET ?? 's3:'),
    'nobody can fetch audio out of a folder: leave it out, or keep recordings at s3://…',
  ),
];

/** A server of your own at TRANSCRIPTION_URL may call wherever it likes. */
const isCalledByDeepgram = (all: Given) =>
  all.TRANSCRIPTION_CALLBACK === true &&
  providersOf(all).some(({ name, at }) => name === 'deepgram' && at === undefined);

const providersOf = (all: Given) => [
  { name: all.TRANSCRIPTION_PROVIDER, at: all.TRANSCRIPTION_URL },
  { name: all.TRANSCRIPTION_FALLBACK_PROVIDER, at: all.TRANSCRIPTION_FALLBACK_URL },
];

/** What is missing altogether is said elsewhere. Transcripts do not travel in the clear. */
function isCallable(baseUrl: string | undefined): boolean {
  if (baseUrl === undefined) return true;
  const { port, protocol } = new URL(baseUrl);
  return protocol === 'https:' && DEEPGRAM_PORTS.includes(port);
}

/** Undefined where audio is sent while it arrives. */
export function toArchivedWays(settings: Given) {
  const { PUBLIC_BASE_URL: [baseUrl] = [], TRANSCRIPTION_WEBHOOK_SECRET: secret } = settings;
  const presigned = settings.TRANSCRIPTION_PRESIGNED_URL;
  const hasCallback = settings.TRANSCRIPTION_CALLBACK && baseUrl !== undefined && secret !== undefined;
  if (!presigned && !hasCallback) return undefined;
  return { presigned, callback: hasCallback ? { baseUrl, secret } : undefined };
}
