import type { OnrecordEvent } from '@onrecord/shared/events';
import { activeTraceparent } from '@onrecord/shared/telemetry/tracing/spans';
import type { RecordingKey, RecordingLedger } from './change-recording.ts';
import { type DecideContext, decideRecording } from './clearance/decide-recording.ts';
import type { Actor } from './domain/actor.ts';
import type { RecordingEntry } from './domain/custody.ts';

export interface FactLedger {
  /**
   * Writes what the event reports, once: an event that was seen before changes nothing, but that another telling of a leg's status
   * completes what the first one left out.
   * @param options.actor who reported it, where that was not Twilio's or our own prompt's doing
   * @returns `touched`: recordings that it bears on, whether it is new or not, those first that may be worked on now; `later`: how many
   * more there are, which the sweeper decides on; `isForgotten`: what it tells of was removed, and nothing was written or published
   */
  record(
    event: OnrecordEvent,
    options: { publish: boolean; actor?: Actor | undefined },
  ): Promise<{ isNew: boolean; isForgotten: boolean; touched: readonly RecordingKey[]; later: number }>;
}

export interface AcceptedFact {
  isNew: boolean;
  /** What it tells of was removed when its period was over: it was not written. */
  isForgotten: boolean;
  /** The recordings that the event bears on, as they are now. */
  recordings: RecordingEntry[];
  /** How many more of them are decided on by the sweeper. */
  later: number;
}

/**
 * Writes a fact and then decides on every recording that it bears on. Two transactions, on purpose: of two facts that are
 * written at the same moment neither transaction sees the other's, but each decides after its own is committed, and so the later
 * decision sees both. A crash in between heals when the event comes again, because the decision does not depend on its being new.
 */
export async function acceptFact(
  ledger: FactLedger & RecordingLedger,
  event: OnrecordEvent,
  context: DecideContext,
  { publish = false, actor }: { publish?: boolean; actor?: Actor | undefined } = {},
): Promise<AcceptedFact> {
  const { isNew, isForgotten, touched, later } = await ledger.record(event, { publish, actor });
  const recordings: RecordingEntry[] = [];
  for (const key of touched) {
    const entry = await decideRecording(ledger, key, {
      ...context,
      traceparent: activeTraceparent() ?? event.traceparent,
    });
    if (entry !== undefined) recordings.push(entry);
  }
  return { isNew, isForgotten, recordings, later };
}
