/** Of accounts, each with three requests at once and one for each of its trunks; a file may have 500. */
const AT_A_TIME = 10;

/** Does the work for each, a few at a time. @returns what came of it, in the order of the items */
export async function inGroups<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_A_TIME) {
    results.push(...(await Promise.all(items.slice(from, from + AT_A_TIME).map(work))));
  }
  return results;
}
