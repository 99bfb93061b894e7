import type { Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { atStage } from '../at-stage.ts';
import { type Clearance, keysOf } from '../clearance.ts';
import type { MediaFormat } from '../domain/media-format.ts';
import { optionsFingerprint, type ProviderOptions } from '../domain/options-fingerprint.ts';
import { STAGES } from '../domain/stages.ts';
import type { WritableStore } from '../stored-json.ts';
import {
  type ArchivedAudio,
  type ProviderAnswer,
  RefusedByProviderError,
  type TranscriptionProvider,
} from '../transcription-provider.ts';
import type { Budget } from './budget.ts';
import { mayBeBilled, noteNotBilled, noteRequest, type SentRequest } from './sent-requests.ts';

export interface Sending {
  clearance: Clearance;
  provider: TranscriptionProvider;
  options: ProviderOptions;
  format: MediaFormat;
  audio: Readable;
  /** Where the same audio is archived; absent beside the relay. */
  archived?: ArchivedAudio | undefined;
  /** Known when the source named a length; absent means chunked. */
  bytes: number | undefined;
  /** Of the audio that the provider's client has taken so far. */
  takenBytes(): number;
  /** That it will be billed for. */
  seconds: number;
  /** What was sent before to a provider in whose place this one is asked. */
  besides?: readonly SentRequest[] | undefined;
  signal: AbortSignal;
}

/** An answer, with all requests that were sent for it: what it came to cost. */
export interface RecordedAnswer extends ProviderAnswer {
  /** Its own is the last. */
  requests: readonly SentRequest[];
}

export interface SenderOptions {
  store: WritableStore;
  budget: Budget;
  now(): Date;
  /** The same was sent before, and nobody knows what became of it: it may be paid twice from now on. */
  onSentAgain(clearance: Clearance, lost: SentRequest): void;
}

export interface Sender {
  /**
   * Sends audio to a provider: within the budget, and noted beside the recording before its first byte goes out.
   * @throws StageError
   */
  send(sending: Sending): Promise<RecordedAnswer>;
  readonly budget: Budget;
}

export function createSender({ budget, now, onSentAgain, store }: SenderOptions): Sender {
  const send = async (sending: Sending): Promise<RecordedAnswer> => {
    const { archived, audio, besides = [], bytes, clearance, format, options, provider, seconds, signal } = sending;
    const giveBack = await budget.take(clearance.accountSid, seconds, signal);
    const place = { prefix: keysOf(clearance).prefix, optionsFingerprint: optionsFingerprint(options) };
    const { model } = options.parameters;
    const named = { provider: provider.name, model: typeof model === 'string' ? model : undefined };
    const noted = { ...named, seconds, sentAt: now().toISOString() };
    let requests: SentRequest[];
    try {
      requests = await atStage(STAGES.transcriptStore, () => noteRequest(store, place, noted, signal));
    } catch (error) {
      await giveBack().catch(() => {});
      throw error;
    }
    const lost = requests.at(-2) ?? besides.at(-1);
    if (lost && mayBeBilled(lost)) onSentAgain(clearance, lost);
    try {
      return { ...(await provider.send({ audio, archived, bytes, format, options, signal })), requests };
    } catch (error) {
      const reason = whyNotBilled(error, sending);
      const own = requests.at(-1);
      if (reason !== undefined && own) {
        // Should this fail, more is taken for spent than was: that costs waiting, and no money.
        await Promise.allSettled([giveBack(), noteNotBilled(store, place, own, reason)]);
      }
      throw error;
    }
  };
  return { send, budget };
}

/** A provider that has not got all of the audio cannot have transcribed it. */
function whyNotBilled(error: unknown, { audio, bytes, provider, takenBytes }: Sending): string | undefined {
  const message = error instanceof StageError ? error.message : String(error);
  if (error instanceof RefusedByProviderError) return message;
  if (provider.archivedOnly?.fetches) return undefined;
  const isWhole = bytes === undefined ? audio.readableEnded : takenBytes() >= bytes;
  return isWhole ? undefined : `it was not sent whole: ${message}`;
}
