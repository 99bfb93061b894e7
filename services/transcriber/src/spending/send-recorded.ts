import type { Readable } from 'node:stream';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
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
import { stopIfAgreementEnded, stopIfWithdrawn } from '../withdrawals.ts';
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
  /** What was sent before to the other provider of the policy. */
  besides?: readonly SentRequest[] | undefined;
  signal: AbortSignal;
}

/** An answer, with all requests that were sent for it: what it came to cost. */
export interface RecordedAnswer extends ProviderAnswer {
  /** Its own is the last. */
  requests: readonly SentRequest[];
}

export interface SenderOptions {
  store: WritableStore & Pick<ObjectStore, 'head'>;
  budget: Budget;
  /** For one transcript, of those that may be charged for: what loses one answer after the other must not go on for ever. */
  chargeableMax: number;
  now(): Date;
  /** The same was sent before, and nobody knows what became of it: it may be paid twice from now on. */
  onSentAgain(clearance: Clearance, lost: SentRequest): void;
}

export interface Sender {
  /**
   * Sends audio to a provider: within the budget, noted beside the recording before its first byte goes out, and not when the clearance
   * was withdrawn by then.
   * @throws StageError, NothingToDoError
   */
  send(sending: Sending): Promise<RecordedAnswer>;
  readonly budget: Budget;
}

export function createSender({ budget, chargeableMax, now, onSentAgain, store }: SenderOptions): Sender {
  const send = async (sending: Sending): Promise<RecordedAnswer> => {
    const { archived, audio, besides = [], bytes, clearance, format, options, provider, seconds, signal } = sending;
    stopIfAgreementEnded(clearance, now());
    const giveBack = await budget.take(clearance.accountSid, seconds, signal);
    const place = { prefix: keysOf(clearance).prefix, optionsFingerprint: optionsFingerprint(options) };
    const { model } = options.parameters;
    const named = { provider: provider.name, model: typeof model === 'string' ? model : undefined };
    const noted = { ...named, seconds, sentAt: now().toISOString() };
    let requests: SentRequest[];
    let isAsked = false;
    try {
      const limit = { chargeableMax, besides };
      requests = await atStage(STAGES.transcriptStore, () => noteRequest(store, place, noted, limit, signal));
    } catch (error) {
      await giveBack().catch(() => {});
      throw error;
    }
    try {
      // An answer to an earlier request, the budget and the note may all have been waited for.
      await stopIfWithdrawn(clearance, store);
      stopIfAgreementEnded(clearance, now());
      isAsked = true;
      const lost = newest([requests.at(-2), besides.at(-1)]);
      if (lost && mayBeBilled(lost)) onSentAgain(clearance, lost);
      return { ...(await provider.send({ audio, archived, bytes, format, options, signal })), requests };
    } catch (error) {
      const reason = isAsked ? whyNotBilled(error, sending) : messageOf(error);
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
  const message = messageOf(error);
  if (error instanceof RefusedByProviderError) return message;
  if (provider.archivedOnly?.fetches) return undefined;
  const isWhole = bytes === undefined ? audio.readableEnded : takenBytes() >= bytes;
  return isWhole ? undefined : `it was not sent whole: ${message}`;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Instants are noted in one form, whose order is that of time. */
const newest = (requests: readonly (SentRequest | undefined)[]): SentRequest | undefined =>
  requests.reduce((best, each) => (each && (!best || each.sentAt >= best.sentAt) ? each : best), undefined);
