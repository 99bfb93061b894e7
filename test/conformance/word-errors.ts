/** Substituted, missing and added words, as a part of those that were said. */
export function wordErrorRate(said: string, heard: string): number {
  const [reference, hypothesis] = [wordsOf(said), wordsOf(heard)];
  let row = hypothesis.map((_, index) => index + 1);
  for (const [index, word] of reference.entries()) {
    let diagonal = index;
    let left = index + 1;
    row = row.map((above, column) => {
      const cost = Math.min(left + 1, above + 1, diagonal + (hypothesis[column] === word ? 0 : 1));
      diagonal = above;
      left = cost;
      return cost;
    });
  }
  return (row.at(-1) ?? reference.length) / reference.length;
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
