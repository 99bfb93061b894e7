import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Outcome, PlacedDemoCall } from './demo-plan.ts';

/** The last line of `--once`. */
export interface Summary {
  calls: number;
  recordings: number;
  archived: number;
  transcribed: number;
  withheld: number;
  refused: number;
  deletedAtSource: number;
  ok: boolean;
  /** What did not happen, or happened twice, in words; absent when everything is as it should be. */
  missing?: string[];
}

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  'onrecord.recording.archived.v1': 'archived',
  'onrecord.transcript.completed.v1': 'transcribed',
  'onrecord.recording.withheld.v1': 'withheld',
  'onrecord.recording.refused.v1': 'refused',
  'onrecord.recording.deleted.v1': 'deletedAtSource',
};

/** What has become of a recording, with how often. */
export function outcomesOf(recordingSid: string, events: readonly OnrecordEvent[]): Map<Outcome, number> {
  const counts = new Map<Outcome, number>();
  for (const { type, data } of events) {
    const outcome = OUTCOME_OF[type];
    if (outcome === undefined || !('recordingSid' in data) || data.recordingSid !== recordingSid) continue;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

/** Counts what became of the calls, and compares it with what should have. */
export function summarize(calls: readonly PlacedDemoCall[], events: readonly OnrecordEvent[]): Summary {
  const total = { archived: 0, transcribed: 0, withheld: 0, refused: 0, deletedAtSource: 0 };
  const missing: string[] = [];
  let recordings = 0;
  for (const { call, placed } of calls) {
    const { recordingSid } = placed;
    missing.push(...placed.problems.map((problem) => `${call.title}: ${problem}`));
    if (recordingSid === undefined) {
      if (call.outcomes.length > 0) missing.push(`${call.title}: no recording`);
      continue;
    }
    recordings += 1;
    const reached = outcomesOf(recordingSid, events);
    for (const [outcome, count] of reached) total[outcome] += count;
    missing.push(...differences(call.outcomes, reached).map((text) => `${call.title}: ${text} (${recordingSid})`));
  }
  const ok = missing.length === 0;
  return { calls: calls.length, recordings, ...total, ok, ...(ok ? {} : { missing }) };
}

function differences(expected: readonly Outcome[], reached: ReadonlyMap<Outcome, number>): string[] {
  const absent = expected.filter((outcome) => !reached.has(outcome)).map((outcome) => `not ${outcome}`);
  const unforeseen = [...reached.keys()].filter((outcome) => !expected.includes(outcome));
  const repeated = [...reached].filter(([, count]) => count > 1).map(([outcome, count]) => `${outcome} ${count} times`);
  return [...absent, ...unforeseen.map((outcome) => `${outcome}, which it should not be`), ...repeated];
}
