import type { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { transcriptionCallbackUrl } from '@onrecord/shared/transcription/callback-token';
import { optionsFingerprint, type ProviderOptions } from '../domain/options-fingerprint.ts';
import { STAGES } from '../domain/stages.ts';
import {
  type ArchivedAudio,
  type ProviderAnswer,
  type ProviderRequest,
  RefusedByProviderError,
} from '../transcription-provider.ts';
import type { DeepgramProvider } from './deepgram.ts';
import { requireHeardAudio } from './deepgram-answer.ts';
import { type AwaitedAnswer, createAwaitedAnswer } from './deepgram-callback.ts';

export interface ArchivedOptions {
  store: Pick<ObjectStore, 'put' | 'get' | 'head' | 'presignGet' | 'deleteAllVersions'>;
  /** Where answers are called back, and what the addresses for it are signed with; absent: each comes on its request's own connection. */
  callback: { baseUrl: string; secret: string } | undefined;
  /** Whether Deepgram fetches the audio from the store itself. */
  presigned: boolean;
  /** For an answer, by whatever way; the store's address ends with it. */
  timeoutMs: number;
  now(): Date;
}

/** Deepgram works and calls back for minutes; an answer that is later than waited for was paid for all the same, and is taken. */
const CALLBACK_LIFE_MS = 24 * 3_600_000;

/**
 * Deepgram, asked about audio that is archived: by the store's address in place of an upload, with the answer by callback, or both. A
 * request whose callback never came is made again with the answer on its own connection: what failed once would fail again.
 */
export function askArchived(deepgram: DeepgramProvider, options: ArchivedOptions): DeepgramProvider {
  const awaited = (archived: ArchivedAudio, asked: ProviderOptions) =>
    options.callback &&
    createAwaitedAnswer(
      {
        folder: archived.folder,
        audioSha256: archived.media.sha256,
        optionsFingerprint: optionsFingerprint(asked),
      },
      options,
    );
  return {
    ...deepgram,
    send: async ({ archived, audio, ...request }: ProviderRequest) => {
      if (archived === undefined) throw new Error('archived audio is asked about, and none was named');
      // It was opened for its length to be checked; nobody reads it here.
      if (options.presigned) audio.destroy();
      const from = options.presigned ? await unsent(addressOf(archived, options)) : audio;
      const given = { ...request, audio: from };
      const answer = awaited(archived, request.options);
      const called = answer && (await askWithCallback(deepgram, answer, { given, audio }, options));
      return judged(called ?? (await deepgram.ask(given)), archived, options);
    },
    archivedOnly: {
      fetches: options.presigned,
      earlierAnswer: async (archived, asked, signal) => {
        const answer = await awaited(archived, asked)?.earlier(signal);
        return answer && judged(answer, archived, options);
      },
    },
  };
}

/** What fails before anything is asked costs nothing. */
async function unsent<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const { kind, message, stage } = error instanceof StageError ? error : transient(error);
    throw new RefusedByProviderError(stage, message, { kind, cause: error });
  }
}

const transient = (error: unknown) =>
  new StageError(STAGES.transcriptionRequest, error instanceof Error ? error.message : String(error), {
    kind: 'transient',
  });

/** What Deepgram fetched itself is what it says that it heard. */
function judged(answer: ProviderAnswer, { media }: ArchivedAudio, { presigned }: ArchivedOptions): ProviderAnswer {
  if (presigned) requireHeardAudio(answer.body, media);
  return answer;
}

interface Given {
  given: Parameters<DeepgramProvider['ask']>[0];
  /** What is uploaded, unless an address stands in its place. */
  audio: Readable;
}

/** `undefined` where it is to be asked without a callback: one did not come, or said that it failed. */
async function askWithCallback(
  deepgram: DeepgramProvider,
  answer: AwaitedAnswer,
  { given, audio }: Given,
  { callback, now }: ArchivedOptions,
): Promise<ProviderAnswer | undefined> {
  if (callback === undefined || !(await unsent(answer.expect(given.signal)))) return undefined;
  const until = new Date(now().getTime() + CALLBACK_LIFE_MS);
  const callbackUrl = transcriptionCallbackUrl(callback.baseUrl, answer.subject, { secret: callback.secret, until });
  let accepted: ProviderAnswer;
  try {
    accepted = await deepgram.ask({ ...given, callbackUrl });
  } catch (error) {
    const isPartly = given.audio === audio && !audio.readableEnded;
    // Else it may have been taken, and the answer may come: it is waited for before it is asked for again.
    // Should the note stay, that costs waiting.
    if (isPartly || error instanceof RefusedByProviderError) await Promise.allSettled([answer.expectNoMore()]);
    throw error;
  }
  return answer.come(given.signal, accepted.requestId);
}

/** A secret: whoever has it can hear the recording until it ends. */
async function addressOf({ media }: ArchivedAudio, { store, timeoutMs }: ArchivedOptions): Promise<{ url: string }> {
  const url = await store.presignGet(media.key, Math.ceil(timeoutMs / 1_000), media.versionId);
  if (url !== undefined) return { url };
  const message =
    'this store has no addresses that Deepgram could fetch audio from: TRANSCRIPTION_PRESIGNED_URL needs S3';
  throw new StageError(STAGES.transcriptionRequest, message, { kind: 'permanent' });
}
