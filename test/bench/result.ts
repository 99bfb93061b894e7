/** One benchmark: ours ÷ the comparison, higher is better, measured side by side in one run. */
export interface BenchResult {
  name: string;
  /** The median of the rounds. */
  ratio: number;
  rounds: number[];
  target: number;
  /** The highest of all rounds, above what the idle process had. */
  peakMemoryMiB?: number;
  peakMemoryTargetMiB?: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export function isMet({
  ratio,
  target,
  peakMemoryMiB = 0,
  peakMemoryTargetMiB = Number.POSITIVE_INFINITY,
}: BenchResult) {
  return ratio >= target && peakMemoryMiB <= peakMemoryTargetMiB;
}
