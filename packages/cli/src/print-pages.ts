import type { CommandContext } from './command.ts';
import type { Page } from './fetch-list.ts';
import { formatTable } from './table.ts';

interface Told<T> {
  header: readonly string[];
  toRow(item: T): readonly string[];
  /** Said in place of a table that would be empty. */
  none: string;
}

/**
 * Prints a list page by page, so that one of any length takes no more memory than a page: a table, or with `json` one array. Beside
 * it, where the list goes on beyond what was asked for, how to have the rest.
 */
export async function printPages<T>(
  { print, note, width }: Pick<CommandContext, 'print' | 'note' | 'width'>,
  pages: AsyncIterable<Page<T>>,
  json: boolean,
  { header, toRow, none }: Told<T>,
): Promise<void> {
  /** The last page of an array, which is printed once it is known whether another one follows. */
  let pending: string | undefined;
  let isFirst = true;
  let hasMore = false;
  for await (const page of pages) {
    ({ hasMore } = page);
    if (page.items.length === 0) continue;
    if (json) {
      if (pending !== undefined) print(`${pending},`);
      pending = `${isFirst ? '[\n' : ''}${page.items.map(inArray).join(',\n')}`;
    } else {
      const table = formatTable(header, page.items.map(toRow), width);
      print(isFirst ? table : table.slice(table.indexOf('\n') + 1));
    }
    isFirst = false;
  }
  if (json) print(pending === undefined ? '[]' : `${pending}\n]`);
  else if (isFirst) print(none);
  if (hasMore) note('There are more: say --all, or a higher --limit.');
}

/** As in an array that is written at once. */
const inArray = (item: unknown) => JSON.stringify([item], undefined, 2).slice('[\n'.length, -'\n]'.length);
