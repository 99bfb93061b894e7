import { boundedWaitMs } from '@onrecord/shared/http/retry-after';
import type { RecordingKey } from '../change-recording.ts';
import type { NoteBatch } from '../deletions/note-batch.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { type Deletion, isOfSource, type SourceProgress } from '../domain/deletion.ts';
import { TWILIO_METADATA_MS } from '../domain/deletion-event.ts';
import { messageOf } from './failures.ts';
import { whyLastCopy } from './last-copy.ts';
import type { ObjectPlace } from './objects.ts';

/** Twilio's copy. */
export interface SourcePlace {
  /**
   * Deletes and confirms by a fresh look. `knownSince` is when the recording was made, as far as the ledger knows, and absent where it
   * never came to be, so that Twilio need not know of it; `before` is called before Twilio is asked, with whether Twilio still shows it,
   * and nothing is deleted when that fails.
   * @returns `metadataShown`: Twilio goes on showing that there was a recording
   * @throws an error whose message says what to do; `retryAfterMs` where Twilio named a time
   */
  deleteAndConfirm(
    key: RecordingKey,
    knownSince: Date | undefined,
    before: (isShown: boolean) => Promise<unknown>,
  ): Promise<{ outcome: 'deleted' | 'already-gone'; metadataShown: boolean }>;
  /** What Twilio shows of a recording now. @throws as `deleteAndConfirm` */
  look(key: RecordingKey): Promise<'nothing' | 'metadata' | 'recording'>;
}

/** Deletes Twilio's media and confirms it by a fresh look; its metadata Twilio keeps for a while. */
export async function deleteSource(
  source: SourcePlace,
  known: RecordingEntry,
  deletion: Deletion,
  { clock, note, objects }: { clock: () => Date; note: NoteBatch; objects: Pick<ObjectPlace, 'head' | 'uri'> },
): Promise<{ source: SourceProgress; retryAfterMs?: number }> {
  if (!isOfSource(deletion)) return { source: {} };
  const { recording } = known.facts;
  try {
    const failure = await whyLastCopy(objects, known, deletion);
    // Where Twilio has none either there is nothing that could stay.
    if (failure !== undefined && (await source.look(recording)) === 'recording') return { source: { failure } };
    const knownSince = neverCameToBe(known) ? undefined : (recording.startedAt ?? recording.reportedAt);
    const { outcome, metadataShown } = await source.deleteAndConfirm(recording, knownSince, (isShown) =>
      note(isShown ? { seenAt: clock() } : {}),
    );
    const confirmedAt = clock();
    const metadataUntil = metadataShown ? new Date(confirmedAt.getTime() + TWILIO_METADATA_MS) : undefined;
    return { source: { outcome, confirmedAt, metadataUntil } };
  } catch (error) {
    const asked = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
    const retryAfterMs = boundedWaitMs(asked);
    return { source: { failure: messageOf(error) }, ...(retryAfterMs ? { retryAfterMs } : {}) };
  }
}

/** Twilio called it absent or failed, and never complete before: no more was ever decided on it, and nothing was stored. */
const neverCameToBe = ({ facts, decision, prefix, archive, transcript }: RecordingEntry): boolean =>
  ['absent', 'failed'].includes(facts.recording.status) &&
  [decision, prefix, archive, transcript].every((each) => each === undefined);
