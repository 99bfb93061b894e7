import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import type { Flag } from './command.ts';
import { UsageError } from './errors.ts';

export const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 10_000;
/** The records API gives no more at a time. */
const PAGE_MAX = 200;

export const limitOption = { limit: { type: 'string' } } as const satisfies Record<string, Flag>;

/** Of lists that are read to their end, and so printed page by page. */
export const allOption = { all: { type: 'boolean' } } as const satisfies Record<string, Flag>;

/** @throws UsageError */
export function limitIn({ limit: text, all }: Readonly<Record<string, unknown>>): number {
  if (all === true && text !== undefined) throw new UsageError('say either --limit or --all');
  if (all === true) return Number.POSITIVE_INFINITY;
  const limit = text === undefined ? LIMIT_DEFAULT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new UsageError(`--limit is "${text}": give a whole number from 1 to ${LIMIT_MAX}`);
  }
  return limit;
}

export interface Page<T> {
  items: T[];
  /** Whether the list goes on behind it, fetched or not. */
  hasMore: boolean;
}

/**
 * Follows a list of the records API, page by page. Every list is an object with one array, named after what it holds, and where
 * more follows `next`.
 * @param of the name of the array, the schema of what is in it, and how many of it there are on a page at most, where that is fewer
 */
export async function* fetchPages<T>(
  api: ApiClient,
  path: string,
  of: { name: string; schema: z.ZodType<T>; pageMax?: number },
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
): AsyncGenerator<Page<T>> {
  const page = z.looseObject({ [of.name]: z.array(of.schema), next: z.string().optional() });
  let left = limit;
  let cursor: string | undefined;
  do {
    const pageLimit = String(Math.min(of.pageMax ?? PAGE_MAX, left));
    const answer = await api.get(path, page, { ...query, cursor, limit: pageLimit });
    const items = answer[of.name] as T[];
    cursor = answer.next as string | undefined;
    left -= items.length;
    yield { items, hasMore: cursor !== undefined };
  } while (cursor !== undefined && left > 0);
}

/** All of a list that is bounded by its limit, at once. */
export async function fetchList<T>(...list: Parameters<typeof fetchPages<T>>): Promise<T[]> {
  const found: T[] = [];
  for await (const { items } of fetchPages(...list)) found.push(...items);
  return found;
}
