/** Slips of a finger or two; beyond that something else was meant. */
const DISTANCE_MAX = 2;
/** Words that begin alike by chance have less in common. */
const STEM_MIN = 4;
/** As long as the ending of a word that a longer one goes on from. */
const ENDING_MAX = 2;

/** `did you mean recordings? `, to go before what to give; nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `did you mean ${meant}? `;
}

/** The known word that was most likely meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, far: distance(word.split('=')[0] ?? word, candidate) }));
  const [best] = ranked.sort((a, b) => a.far - b.far);
  if (best === undefined) return undefined;
  const isNear = best.far <= DISTANCE_MAX || bare(best.candidate) === bare(word);
  return isNear ? best.candidate : known.find((each) => haveOneStem(bare(each), bare(word)));
}

/** A flag without its dashes and its value. */
const bare = (word: string) => word.split('=')[0]?.replace(/^-+/, '') ?? '';

/** `policy` and `policies`, `admin` and `administrator`: all but the end of the shorter one. */
function haveOneStem(a: string, b: string): boolean {
  const stem = Math.max(STEM_MIN, Math.min(a.length, b.length) - ENDING_MAX);
  return a.slice(0, stem) === b.slice(0, stem) && a.length >= stem && b.length >= stem;
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
