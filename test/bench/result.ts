/** One benchmark: ours ÷ the comparison, measured side by side in one run. */
export interface BenchResult {
  name: string;
  /** The median of the rounds. */
  ratio: number;
  rounds: number[];
  /** Without a bound the ratio is only reported. */
  bound?: { atLeast: number } | { atMost: number };
  /** What else is worth reading, such as the absolute times behind a ratio. */
  note?: string;
  /** The highest of all rounds, above what the idle process had. */
  peakMemoryMiB?: number;
  peakMemoryTargetMiB?: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export function isMet(result: BenchResult): boolean {
  const { ratio, bound, peakMemoryMiB = 0, peakMemoryTargetMiB = Number.POSITIVE_INFINITY } = result;
  if (peakMemoryMiB > peakMemoryTargetMiB) return false;
  if (bound === undefined) return true;
  return 'atLeast' in bound ? ratio >= bound.atLeast : ratio <= bound.atMost;
}

/** One line: whether the bound is kept, the ratio, the bound, and how far the rounds were apart. */
export function describe(result: BenchResult): string {
  const { name, ratio, rounds, bound, note, peakMemoryMiB, peakMemoryTargetMiB } = result;
  const details = [
    ...(bound === undefined ? [] : ['atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`]),
    `${Math.min(...rounds).toFixed(2)}–${Math.max(...rounds).toFixed(2)} in ${rounds.length} rounds`,
    ...(note === undefined ? [] : [note]),
  ];
  const memory =
    peakMemoryMiB === undefined
      ? ''
      : `; peak memory above idle ${peakMemoryMiB.toFixed(0)} MiB (at most ${peakMemoryTargetMiB})`;
  const verdict = bound === undefined ? 'seen  ' : isMet(result) ? 'met   ' : 'MISSED';
  return `${verdict} ${name}: ${ratio.toFixed(2)} (${details.join('; ')})${memory}`;
}
