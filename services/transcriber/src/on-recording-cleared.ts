import type { HandlerContext } from '@onrecord/shared/event-log/consumer';
import { NothingToDoError, StageError } from '@onrecord/shared/event-log/failure-policy';
import type { Publisher } from '@onrecord/shared/event-log/publisher';
import { type OnrecordEvent, recordingCleared } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import { type Archive, archiveRecording } from './archive-recording.ts';
import { atStage } from './at-stage.ts';
import type { Clearance } from './clearance.ts';
import type { Dependency } from './dependencies/dependency.ts';
import type { MediaFormat } from './domain/media-format.ts';
import { STAGES } from './domain/stages.ts';
import { archivedEvent, completedEvent } from './media-events.ts';
import type { MediaSource } from './media-source.ts';
import type { TranscriberMetrics } from './metrics.ts';
import type { ProviderLeg } from './relay/provider-leg.ts';
import type { ProviderLegs } from './relay/provider-legs.ts';
import type { Beside } from './relay/relay-media.ts';
import type { Slots } from './relay/slots.ts';
import type { Sender } from './spending/send-recorded.ts';
import type { Transcription } from './transcribe-recording.ts';
import { type Fallback, transcribeWithFallback } from './transcribe-with-fallback.ts';
import type { TranscriptionProvider } from './transcription-provider.ts';
import { stopIfWithdrawn, watchForWithdrawal } from './withdrawals.ts';

export interface Transcribing {
  store: Pick<ObjectStore, 'put' | 'get' | 'head' | 'uri'>;
  /** Keeps work from a store that is away. */
  storeGate: Pick<Dependency, 'admit'>;
  source: MediaSource;
  sourceUrl(clearance: Clearance, format: MediaFormat): string;
  mediaFormat: MediaFormat;
  provider: TranscriptionProvider;
  sender: Sender;
  /** Keeps requests from the provider while it is left alone. */
  providerGate: Pick<Dependency, 'admit'>;
  /** Who is asked where the policy says so and the provider cannot. */
  fallback: Fallback | undefined;
  publisher: Pick<Publisher, 'publish'>;
  /** Requests to the provider at once, with and without a relay. */
  slots: Slots;
  /** Pauses before a paid answer, or the manifest that it waits for, is tried to be stored again, in milliseconds. */
  keepDelaysMs: readonly number[];
  /** How often is looked, while a recording is worked on, whether its clearance was taken back. */
  withdrawalCheckMs: number;
  legs: ProviderLegs;
  metrics: TranscriberMetrics;
  now(): Date;
}

type Context = Pick<HandlerContext, 'attempt' | 'signal' | 'logger'>;

/**
 * Handles the decisions: a cleared recording is archived and, where that purpose is listed, transcribed; each is announced when
 * it is durable. Withheld and refused recordings are not touched. A clearance may reach this long after it was replaced, out of a retry
 * topic or after an outage: before anything is fetched or sent it is looked up whether it was withdrawn, and every few seconds from then on.
 */
export const createDecisionHandler =
  (transcribing: Transcribing) =>
  async (event: OnrecordEvent, context: Context): Promise<void> => {
    // What continues a clearance changes nothing here: that one has its own event, which is carried out, tried again or done.
    if (event.type !== recordingCleared.type || event.data.continues !== undefined) return;
    try {
      await handleCleared(event.data, event.traceparent, transcribing, context);
    } catch (error) {
      if (error instanceof NothingToDoError) {
        context.logger.info({ reason: error.message }, 'a recording is worked on no further');
        throw error;
      }
      const known = error instanceof StageError ? error : undefined;
      if (known?.kind !== 'postponed') {
        transcribing.metrics.stageFailed(known?.stage ?? 'handler', known?.kind ?? 'transient');
      }
      throw error;
    }
  };

async function handleCleared(
  clearance: Clearance,
  traceparent: string | undefined,
  transcribing: Transcribing,
  context: Context,
): Promise<void> {
  if (!clearance.purposes.includes('store')) {
    const reason = 'the recording is not cleared for the purpose "store", and cannot be transcribed without it';
    throw new StageError(STAGES.clearance, reason, { kind: 'permanent' });
  }
  transcribing.storeGate.admit(STAGES.withdrawal);
  await stopIfWithdrawn(clearance, transcribing.store);
  using watch = watchForWithdrawal(clearance, transcribing.store, transcribing.withdrawalCheckMs);
  const { attempt, logger } = context;
  const signal = AbortSignal.any([context.signal, watch.signal]);
  try {
    await carryOut(clearance, traceparent, transcribing, { attempt, logger, signal });
  } catch (error) {
    // Whatever broke off: it was to.
    throw watch.signal.aborted ? watch.signal.reason : error;
  }
}

async function carryOut(
  clearance: Clearance,
  traceparent: string | undefined,
  transcribing: Transcribing,
  { attempt, logger, signal }: Context,
): Promise<void> {
  const wantsTranscript = clearance.purposes.includes('transcribe');
  let leg: ProviderLeg | undefined;
  const beside: Beside = (audio) => {
    leg = startLeg(clearance, audio, transcribing, signal);
    return leg;
  };
  try {
    const archive = await inSpan('archive recording', {}, () =>
      archiveRecording(clearance, transcribing, { attempt, signal, beside: wantsTranscript ? beside : undefined }),
    );
    // Another worker's audio was archived: an answer to ours would be a transcript of something else.
    if (!archive.isRelayed) leg?.abandon('other audio was archived');
    const announcing = announceArchive(clearance, archive, traceparent, transcribing, logger);
    // Heard below; an answer of the provider is worth keeping even when the log does not take the event.
    announcing.catch(() => {});
    try {
      if (!wantsTranscript) return;
      const given = { attempt, logger, signal, leg: archive.isRelayed ? leg : undefined };
      const transcription = await inSpan('transcribe recording', {}, () =>
        transcribeWithFallback(clearance, archive, transcribing, given),
      );
      await announcing;
      await announceTranscript(clearance, transcription, traceparent, transcribing, logger);
    } finally {
      // An archive that nobody heard of outweighs whatever became of the transcript: it brings the event back.
      await announcing;
    }
  } finally {
    leg?.abandon('its recording is not waited for any more');
    await leg?.outcome;
  }
}

async function announceArchive(
  clearance: Clearance,
  archive: Archive,
  traceparent: string | undefined,
  { metrics, publisher, store }: Transcribing,
  logger: Context['logger'],
): Promise<void> {
  const { audio, media, warnings } = archive.manifest;
  const { isNew } = archive;
  if (isNew) metrics.archived(media.bytes, audio.durationSeconds);
  for (const { kind, text } of isNew ? warnings : []) {
    metrics.warned(kind);
    logger.warn({ type: kind, reason: text }, 'a recording was archived that is not as it should be');
  }
  const archived = archivedEvent(clearance, archive, store.uri, traceparent);
  await atStage(STAGES.publishArchived, () => publisher.publish([archived]));
  const outcome = isNew ? 'archived' : 'archived before';
  logger.info({ bytes: media.bytes, sha256: media.sha256, outcome }, 'a recording is archived');
}

async function announceTranscript(
  clearance: Clearance,
  transcription: Transcription,
  traceparent: string | undefined,
  { metrics, publisher }: Transcribing,
  logger: Context['logger'],
): Promise<void> {
  const { isPaid, model = '', transcript } = transcription;
  const { audio, billedSeconds, cost, provider, turns } = transcript;
  if (isPaid) metrics.transcribed({ provider: provider.name, model }, audio.durationSeconds, billedSeconds, cost);
  const completed = completedEvent(clearance, transcription, traceparent);
  await atStage(STAGES.publishTranscript, () => publisher.publish([completed]));
  const outcome = isPaid ? 'asked' : 'answered before';
  logger.info(
    { provider: provider.name, count: turns.length, seconds: billedSeconds, outcome },
    'a recording is transcribed',
  );
}

/** Sends the audio to the provider while it is archived; options that cannot be met are reported when the archive is safe. */
function startLeg(
  clearance: Clearance,
  audio: Parameters<Beside>[0],
  { legs, provider, providerGate, sender, store }: Transcribing,
  signal: AbortSignal,
): ProviderLeg | undefined {
  if (provider.archivedOnly) return undefined;
  try {
    const { bytes, format } = audio;
    const channels = provider.channelsHeard(format);
    const options = provider.optionsFor(clearance.transcription, channels);
    const audioSeconds = bytes === undefined ? clearance.recording.durationSeconds : bytes / format.bytesPerSecond;
    // What it will cost is known when it is archived.
    if (audioSeconds === undefined) return undefined;
    const seconds = audioSeconds * channels;
    return legs.tryStart(async (stream, legSignal, takenBytes) => {
      const either = AbortSignal.any([signal, legSignal]);
      providerGate.admit(STAGES.transcriptionRequest);
      await stopIfWithdrawn(clearance, store);
      return sender.send({
        clearance,
        provider,
        options,
        format: format.container,
        audio: stream,
        bytes,
        takenBytes,
        seconds,
        signal: either,
      });
    });
  } catch {
    return undefined;
  }
}
