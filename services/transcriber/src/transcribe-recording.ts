import { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import type { Archive } from './archive-recording.ts';
import { atStage } from './at-stage.ts';
import { type Clearance, identityOf } from './clearance.ts';
import type { Dependency } from './dependencies/dependency.ts';
import { costOf } from './domain/cost.ts';
import type { InsteadOf } from './domain/instead-of.ts';
import type { Manifest } from './domain/manifest.ts';
import { normaliseTurns } from './domain/normalise-transcript.ts';
import type { ProviderTranscript } from './domain/provider-transcript.ts';
import { STAGES } from './domain/stages.ts';
import { TRANSCRIPT_SCHEMA, type Transcript, type TranscriptWarning } from './domain/transcript.ts';
import { persistently } from './persistently.ts';
import { type AnswerTo, answerTo, findAnswer, keepAnswer } from './provider-answer.ts';
import { openArchivedAudio } from './relay/archived-audio.ts';
import type { ProviderLeg } from './relay/provider-leg.ts';
import type { Slots } from './relay/slots.ts';
import type { RecordedAnswer, Sender, Sending } from './spending/send-recorded.ts';
import { readRequests, type SentRequest, uncertainSeconds } from './spending/sent-requests.ts';
import type { HeldObject } from './stored-json.ts';
import { findTranscript, storeTranscript } from './stored-transcript.ts';
import type { TranscriptionProvider } from './transcription-provider.ts';
import { stopIfWithdrawn } from './withdrawals.ts';

export interface TranscribeDependencies {
  store: Pick<ObjectStore, 'put' | 'get' | 'head'>;
  provider: TranscriptionProvider;
  sender: Sender;
  /** Keeps requests from the provider while it is left alone. */
  providerGate: Pick<Dependency, 'admit'>;
  /** Requests to the provider at once. */
  slots: Slots;
  /** Pauses before a paid answer is tried to be stored again: it would have to be paid again otherwise. */
  keepDelaysMs: readonly number[];
  now(): Date;
}

export interface Transcription {
  transcript: Transcript;
  transcriptObject: StoredObject;
  /** Whether this attempt asked the provider, and so paid. */
  isPaid: boolean;
  /** The model that was asked for, by which prices are known. */
  model: string | undefined;
}

interface TranscribeAttempt {
  signal: AbortSignal;
  leg?: ProviderLeg | undefined;
  insteadOf?: InsteadOf | undefined;
  besides?: readonly SentRequest[] | undefined;
}

/**
 * Transcribes an archived recording. An answer that was stored for the same audio and options is used again; a fresh one is
 * stored before anything is made from it; `transcript.json` is written last.
 * @param leg the provider's side of the relay, when it was given the audio that the archive names
 * @param insteadOf why another provider is asked than the first
 * @param besides what was sent to the other provider of the policy
 * @throws StageError; NothingToDoError when the clearance was withdrawn
 */
export async function transcribeRecording(
  clearance: Clearance,
  archive: Archive,
  dependencies: TranscribeDependencies,
  { besides = [], insteadOf, leg, signal }: TranscribeAttempt,
): Promise<Transcription> {
  const { provider, store } = dependencies;
  const channels = provider.channelsHeard(archive.manifest.audio);
  const asked = { ...answerTo(clearance, archive, provider), insteadOf };

  const outcome = await leg?.outcome;
  const relayed = outcome?.kind === 'answered' ? outcome.answer : undefined;
  // Whoever relays a recording is the first to do so: nothing of its transcript can be there yet.
  const earlier = relayed ? undefined : await findEarlier(store, asked, signal);
  const model = modelAsked(asked);
  if (earlier?.done) return { ...earlier.done, isPaid: false, model };
  if (!earlier?.answer && outcome?.kind === 'failed') throw outcome.error;

  const { requests, response } = earlier?.answer
    ? { response: earlier.answer, requests: earlier.requests }
    : await obtainAnswer(clearance, archive, { relayed, asked, besides }, dependencies, signal);
  // The provider took its time. What was paid for is kept: a later clearance may use it, and a deletion finds it.
  await stopIfWithdrawn(clearance, store);
  const read = provider.read(response.body, channels);
  const completedAt = dependencies.now().toISOString();
  const draft = draftTranscript(clearance, archive, {
    asked,
    provider,
    read,
    response,
    requests,
    besides,
    completedAt,
  });
  const stored = await inSpan('store transcript', {}, () =>
    atStage(STAGES.transcriptStore, () => storeTranscript(store, asked.prefix, draft, signal)),
  );
  return { ...stored, isPaid: !earlier?.answer, model };
}

/** What an earlier attempt left: all of the transcript, or an answer to make it from. */
const findEarlier = (store: TranscribeDependencies['store'], asked: AnswerTo, signal: AbortSignal) =>
  atStage(STAGES.transcriptStore, async () => {
    const done = await findTranscript(store, asked, signal);
    const answer = done ? undefined : await findAnswer(store, asked, signal);
    return { done, answer, requests: answer ? await readRequests(store, asked, signal) : [] };
  });

/** Keeps the answer that the relay's leg brought, or asks the provider for one. */
async function obtainAnswer(
  clearance: Clearance,
  { manifest: { audio, media } }: Archive,
  {
    relayed,
    asked,
    besides,
  }: { relayed: RecordedAnswer | undefined; asked: AnswerTo; besides: readonly SentRequest[] },
  dependencies: TranscribeDependencies,
  signal: AbortSignal,
): Promise<{ response: HeldObject; requests: readonly SentRequest[] }> {
  const { keepDelaysMs, provider, store } = dependencies;
  const channels = provider.channelsHeard(audio);
  const sending = { ...asked, format: audio.container, seconds: audio.durationSeconds * channels, besides };
  const ask = () => askFromStore(clearance, media, sending, dependencies, signal);
  const answer = relayed ?? (await atStage(STAGES.transcriptionRequest, ask));
  // An answer that cannot be read is not kept: it would stand in the way of a better one.
  provider.read(answer.body, channels);
  const keep = () => atStage(STAGES.transcriptStore, () => keepAnswer(store, asked, answer.body, signal));
  return { response: await persistently(keep, keepDelaysMs, signal), requests: answer.requests };
}

async function askFromStore(
  clearance: Clearance,
  media: StoredObject,
  asked: AnswerTo & Pick<Sending, 'format' | 'seconds'> & { besides: readonly SentRequest[] },
  { provider, providerGate, sender, slots, store }: TranscribeDependencies,
  signal: AbortSignal,
): Promise<RecordedAnswer> {
  const release = await slots.take(signal);
  let audio: Readable | undefined;
  try {
    await stopIfWithdrawn(clearance, store);
    const archived = { folder: asked.prefix, media };
    const earlier = await provider.archivedOnly?.earlierAnswer(archived, asked.options, signal);
    if (earlier) return { ...earlier, requests: await readRequests(store, asked, signal) };
    providerGate.admit(STAGES.transcriptionRequest);
    audio = await openArchivedAudio(media, store, signal);
    const counted = countTaken(audio);
    const { options, format, seconds, besides } = asked;
    const sending = {
      clearance,
      provider,
      options,
      format,
      seconds,
      besides,
      archived,
      ...counted,
      bytes: media.bytes,
      signal,
    };
    return await sender.send(sending);
  } catch (error) {
    // The provider knows only that its upload broke off.
    throw audio?.errored instanceof StageError ? audio.errored : error;
  } finally {
    audio?.destroy();
    release();
  }
}

/** A provider's client reads ahead of what it has sent: what it has not taken was not sent. */
function countTaken(audio: Readable): { audio: Readable; takenBytes(): number } {
  let bytes = 0;
  async function* counting() {
    for await (const piece of audio) {
      bytes += piece.length;
      yield piece;
    }
  }
  const counted = Readable.from(counting(), { objectMode: false });
  return { audio: counted, takenBytes: () => bytes - counted.readableLength };
}

interface Made {
  asked: AnswerTo;
  provider: TranscriptionProvider;
  read: ProviderTranscript;
  response: HeldObject;
  requests: readonly SentRequest[];
  besides: readonly SentRequest[];
  completedAt: string;
}

/** Where an answer does not name its model, the one that was asked for. */
function modelAsked({ options: { parameters } }: AnswerTo): string | undefined {
  return typeof parameters.model === 'string' ? parameters.model : undefined;
}

function draftTranscript(clearance: Clearance, { manifest }: Archive, made: Made): Transcript {
  const { asked, besides, completedAt, provider, read, requests, response } = made;
  const { options } = asked;
  const paidAt = new Date(requests.at(-1)?.sentAt ?? completedAt);
  const isMixed = provider.channelsHeard(manifest.audio) < manifest.audio.channels;
  const hasSameSound = isMixed || manifest.warnings.some(({ kind }) => kind === 'same-sound-on-both-channels');
  return {
    schema: TRANSCRIPT_SCHEMA,
    ...identityOf(clearance),
    simulated: provider.simulated,
    provider: {
      name: provider.name,
      model: read.model ?? modelAsked(asked),
      requestId: read.requestId,
      insteadOf: asked.insteadOf,
      response: response.object,
    },
    audio: {
      key: manifest.media.key,
      sha256: manifest.media.sha256,
      channels: manifest.audio.channels,
      durationSeconds: manifest.audio.durationSeconds,
    },
    optionsFingerprint: asked.optionsFingerprint,
    language: read.language ?? clearance.transcription.language,
    ...normaliseTurns(read, hasSameSound ? 'same-sound' : (clearance.speakers ?? [])),
    billedSeconds: read.billedSeconds,
    cost: costOf({ host: provider.host, options, seconds: read.billedSeconds, at: paidAt }),
    uncertainSeconds: uncertainSeconds(requests, besides),
    ...(isMixed ? { warnings: [mixedChannels(provider.name, manifest.audio)] } : {}),
    derived: [],
    completedAt,
  };
}

const mixedChannels = (provider: string, { channels, container }: Manifest['audio']): TranscriptWarning => ({
  kind: 'channels-mixed',
  text: `${provider} heard the ${channels} channels of an ${container.toUpperCase()} mixed into one: who speaks is not known`,
});
