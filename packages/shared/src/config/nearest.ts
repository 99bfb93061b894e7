/** Slips of a finger or two; beyond that something else was meant. */
const DISTANCE_MAX = 2;

/** The known word that was most likely meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, far: distance(word, candidate) }));
  const [best] = ranked.sort((a, b) => a.far - b.far);
  if (best === undefined) return undefined;
  return best.far <= DISTANCE_MAX || best.candidate.replace(/^-+/, '') === word.split('=')[0]?.replace(/^-+/, '')
    ? best.candidate
    : undefined;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
