import type { DeadLetterInfo } from '@onrecord/shared/event-log/consumer';
import type { Publisher } from '@onrecord/shared/event-log/publisher';
import { type OnrecordEvent, recordingCleared } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { findArchive } from './archive-recording.ts';
import type { Clearance } from './clearance.ts';
import { failedPart } from './domain/stages.ts';
import { failedEvent } from './media-events.ts';

export interface GivingUp {
  store: Pick<ObjectStore, 'get'>;
  publisher: Pick<Publisher, 'publish'>;
  /** How long the store is asked what was done, when the failure does not tell. */
  lookupTimeoutMs: number;
}

/** Announces that a cleared recording was given up: its archive, or its transcript alone. */
export const createDeadLetterHook =
  ({ lookupTimeoutMs, publisher, store }: GivingUp) =>
  async (event: OnrecordEvent | undefined, info: DeadLetterSummary): Promise<void> => {
    if (event?.type !== recordingCleared.type) return;
    const { attempts, lastFailedAt, reason, stage } = info;
    const part = failedPart(stage) ?? (await unfinishedPart(event.data, store, lookupTimeoutMs));
    const failure = { stage, reason, attempts, failedAt: lastFailedAt.toISOString() };
    await publisher.publish([failedEvent(part, event.data, failure, event.traceparent)]);
  };

type DeadLetterSummary = Pick<DeadLetterInfo, 'attempts' | 'lastFailedAt' | 'reason' | 'stage'>;

/** A time-out of the whole handler says nothing about how far it came; the manifest does. */
async function unfinishedPart(
  clearance: Clearance,
  store: Pick<ObjectStore, 'get'>,
  timeoutMs: number,
): Promise<'archive' | 'transcript'> {
  const archive = await findArchive(clearance, store, AbortSignal.timeout(timeoutMs));
  return archive ? 'transcript' : 'archive';
}
