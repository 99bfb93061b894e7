import type { RecordingEntry } from '../../domain/custody.ts';

/** Since when it is kept, said apart from the code that plans by it. */
export const sinceOf = ({ archive, decision }: RecordingEntry): Date | undefined =>
  archive?.storedAt ??
  decision?.clearedAt ??
  (decision?.clearance.outcome === 'cleared' ? (decision.continues ?? decision).decidedAt : undefined);
