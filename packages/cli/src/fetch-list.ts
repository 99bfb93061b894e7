import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import type { Flag } from './command.ts';
import { UsageError } from './errors.ts';

export const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 10_000;
/** The records API gives no more at a time. */
const PAGE_MAX = 200;

export const limitOption = { limit: { type: 'string' } } as const satisfies Record<string, Flag>;

/** @throws UsageError */
export function limitIn({ limit: text }: Readonly<Record<string, unknown>>): number {
  const limit = text === undefined ? LIMIT_DEFAULT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new UsageError(`--limit is "${text}": give a whole number from 1 to ${LIMIT_MAX}`);
  }
  return limit;
}

/**
 * Follows a list of the records API, page by page. Every list is an object with one array, named after what it holds, and where
 * more follows `next`.
 * @param of the name of the array, the schema of what is in it, and how many of it there are on a page at most, where that is fewer
 */
export async function fetchList<T>(
  api: ApiClient,
  path: string,
  of: { name: string; schema: z.ZodType<T>; pageMax?: number },
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<T[]> {
  const page = z.looseObject({ [of.name]: z.array(of.schema), next: z.string().optional() });
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const pageLimit = String(Math.min(of.pageMax ?? PAGE_MAX, limit - found.length));
    const answer = await api.get(path, page, { ...query, cursor, limit: pageLimit });
    found.push(...(answer[of.name] as T[]));
    cursor = answer.next as string | undefined;
  } while (cursor !== undefined && found.length < limit);
  return found;
}
