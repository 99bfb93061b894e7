import { Readable } from 'node:stream';
import type { RecordedAnswer } from '../spending/send-recorded.ts';

/** How the provider's side of a relay ended. `cut` audio is read again from the store. */
type LegOutcome =
  | { kind: 'answered'; answer: RecordedAnswer }
  | { kind: 'cut'; reason: string }
  | { kind: 'failed'; error: unknown };

/** The provider's side of a relay: takes bytes at the archive's pace and holds no more than its bound. */
export interface ProviderLeg {
  /** Never waits, never throws. True when the leg keeps the piece, so that its memory is not to be released. */
  offer(piece: Uint8Array): boolean;
  /** All bytes were offered. */
  end(): void;
  /** The audio is not what was archived: the provider is stopped. An answer that came after the end of the audio stays the outcome. */
  abandon(reason: string): void;
  bufferedBytes(): number;
  /** Settles when the provider answered or the leg ended otherwise; never rejects. */
  readonly outcome: Promise<LegOutcome>;
}

class LegCutError extends Error {
  override readonly name = 'LegCutError';
}

/** @param takenBytes of the audio, by whoever reads it, so far; or when the leg was cut */
export type SendLeg = (audio: Readable, signal: AbortSignal, takenBytes: () => number) => Promise<RecordedAnswer>;

/**
 * Starts sending while the audio still arrives.
 * @param lagBytesMax bytes that may wait for a provider slower than the archive before the leg is cut
 * @param hasRoom whether so many bytes more may wait, of all legs together
 */
export function startProviderLeg(
  lagBytesMax: number,
  send: SendLeg,
  hasRoom: (bytes: number) => boolean = () => true,
): ProviderLeg {
  const audio = new Readable({ highWaterMark: lagBytesMax, read() {} });
  // The reader learns of an error from the stream; without a reader nobody else listens.
  audio.on('error', () => {});
  const sending = new AbortController();
  /** Everything was offered, or the leg was cut. */
  const over = Promise.withResolvers<void>();
  let offeredBytes = 0;
  let takenWhenCut: number | undefined;
  let cutReason: string | undefined;
  let isSettled = false;
  const takenBytes = () => takenWhenCut ?? offeredBytes - audio.readableLength;
  const cut = (reason: string) => {
    if (isSettled || cutReason !== undefined) return;
    cutReason = reason;
    takenWhenCut = takenBytes();
    const error = new LegCutError(reason);
    audio.destroy(error);
    sending.abort(error);
    over.resolve();
  };
  const settle = (outcome: LegOutcome): LegOutcome => {
    isSettled = true;
    return cutReason === undefined ? outcome : { kind: 'cut', reason: cutReason };
  };
  const outcome = send(audio, sending.signal, takenBytes).then(
    async (answer) => {
      const taken = takenBytes();
      audio.destroy();
      // A server that knows the length answers before it hears of the end: whether it had everything shows only then.
      await over.promise;
      return settle(taken === offeredBytes ? { kind: 'answered', answer } : EARLY);
    },
    (error: unknown) => {
      audio.destroy();
      return settle({ kind: 'failed', error });
    },
  );
  return {
    offer(piece) {
      offeredBytes += piece.length;
      if (audio.destroyed) return false;
      const isWithin = audio.readableLength + piece.length <= lagBytesMax;
      if (isWithin && hasRoom(piece.length)) {
        audio.push(piece);
        return true;
      }
      cut(isWithin ? NO_ROOM : `the provider fell more than ${lagBytesMax} bytes behind the archive`);
      return false;
    },
    end() {
      if (!audio.destroyed) audio.push(null);
      over.resolve();
    },
    abandon: cut,
    bufferedBytes: () => (audio.destroyed ? 0 : audio.readableLength),
    outcome,
  };
}

const EARLY: LegOutcome = { kind: 'cut', reason: 'the provider answered before it had all of the audio' };
const NO_ROOM = 'all recordings together wait with as many bytes for the provider as may be held';
