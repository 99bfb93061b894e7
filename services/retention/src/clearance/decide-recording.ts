import { inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import type { Change, DecisionObserver, RecordingKey, RecordingLedger } from '../change-recording.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { decide } from '../domain/decide.ts';
import { decisionEvents, folderOf } from '../domain/decision-events.ts';
import { dropTranscript } from '../domain/drop-transcript.ts';
import type { RetentionPolicy } from '../domain/policy.ts';

export interface DecideContext extends DecisionObserver {
  now: Date;
  /** W3C Trace Context of the event that caused the decision. */
  traceparent?: string | undefined;
}

/** Decides on a recording from everything that is known of it now. Repeating it changes nothing. */
export async function decideRecording(
  ledger: RecordingLedger,
  key: RecordingKey,
  context: DecideContext,
): Promise<RecordingEntry | undefined> {
  const { change, report } = deciding(context);
  const attributes = { 'onrecord.recording_sid': key.recordingSid };
  const entry = await inSpan('decide recording', { attributes }, async (span) => {
    const changed = await ledger.change(key, change);
    const { callSid } = changed?.facts.recording ?? {};
    if (callSid !== undefined) span?.setAttribute('onrecord.call_sid', callSid);
    span?.setAttribute('onrecord.outcome', changed?.decision?.clearance.outcome ?? 'none');
    return changed;
  });
  report();
  return entry;
}

/**
 * The change that decides, and a report of what it decided. The report is a separate call because a decision is only real
 * once its transaction has committed.
 */
export function deciding({ now, traceparent, onDecision }: DecideContext): {
  change: Change;
  /** @param failed whose decision was not written down */
  report(failed?: readonly RecordingKey[]): void;
} {
  // By recording: a transaction that collides with another is run again, and with it the change.
  const decided = new Map<string, { entry: RecordingEntry; policy: RetentionPolicy }>();
  return {
    change: (entry, policy) => {
      const decision = decide(entry, policy, now);
      // Without a new decision the entry is still saved: new facts can move its state and its schedule.
      if (decision === undefined)
        return { entry: dropTranscript(entry, entry, policy, now), events: [], decidedBy: policy.mark };
      const cleared = decision.clearance.outcome === 'cleared';
      const next = {
        ...entry,
        decision,
        prefix: entry.prefix ?? (cleared ? folderOf(entry.facts.recording) : undefined),
      };
      decided.set(entry.facts.recording.recordingSid, { entry: next, policy });
      return {
        entry: dropTranscript(entry, next, policy, now),
        events: decisionEvents(
          entry.facts.recording,
          decision,
          entry.decision,
          { ...policy, ...entry.company },
          traceparent,
        ),
        decidedBy: policy.mark,
      };
    },
    report: (failed = []) => {
      for (const { recordingSid } of failed) decided.delete(recordingSid);
      for (const { entry, policy } of decided.values()) onDecision(entry, policy);
    },
  };
}
