import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RecordsEnv } from './access/principal.ts';
import { ProblemError } from './problems.ts';
import type { RecordsApi } from './records-api.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;
const A_LIMIT = `give a whole number from 1 to ${PAGE_MAX}`;
/** More than any of our own has. */
const CURSOR_CHARACTERS_MAX = 1_000;
/** What is left of an HMAC-SHA-256 in a cursor. */
const SEAL_BYTES = 16;

/** For the query of every list. */
export const pageQuery = {
  limit: z.coerce.number(A_LIMIT).int(A_LIMIT).min(1, A_LIMIT).max(PAGE_MAX, A_LIMIT).default(PAGE_DEFAULT),
  cursor: z.string().optional().openapi({ description: '`next` of the page before, with the same filters and token.' }),
};

/** The shape of every list: one array, named after what it holds, and `next` while there is more. */
export const pageSchema = <Name extends string, Item extends z.ZodType>(name: Name, item: Item) =>
  z.object({ [name]: z.array(item), next: z.string().optional() } as Record<Name, z.ZodArray<Item>> & {
    next: z.ZodOptional<z.ZodString>;
  });

/** Where a page ended of things that are listed by a time and then by their SID. */
export const timeAndSid = z.tuple([z.iso.datetime(), z.string()]);

export interface Page<Position> {
  /** Where the page before ended. */
  after: Position | undefined;
  /** How many to look for: one more than the page has, which tells whether there is a next one. */
  lookFor: number;
  /**
   * @param resumeAt where to go on although no more were found than the page has
   * @returns the page, and the cursor of the next where there is one
   */
  cut<Item>(
    found: readonly Item[],
    toPosition: (last: Item) => Position,
    resumeAt?: Position,
  ): { items: Item[]; next: string | undefined };
}

/**
 * The page that a request asks for. A cursor is opaque, and sealed for the token, the address and the filters of the request that it
 * was given to. It is good for as long as RECORDS_API_TOKEN stays the same.
 * @param position what JSON can hold
 * @throws ProblemError for a cursor that is not from this very list
 */
export function readPage<Position>(
  c: Context<RecordsEnv>,
  { token }: Pick<RecordsApi, 'token'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  position: z.ZodType<Position>,
): Page<Position> {
  const seal = sealFor(token, listOf(c));
  return {
    after: cursor === undefined ? undefined : open(cursor, seal, position),
    lookFor: limit + 1,
    cut: (found, toPosition, resumeAt) => {
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const position = found.length > limit && last !== undefined ? toPosition(last) : resumeAt;
      return { items, next: position && write(JSON.stringify(position), seal) };
    },
  };
}

/**
 * Something that is given out to be given back unchanged with the next request of the same kind.
 * @param name of the field, for whoever changed it
 */
export function sealing<Value>(
  c: Context<RecordsEnv>,
  { token }: Pick<RecordsApi, 'token'>,
  name: string,
  value: z.ZodType<Value>,
) {
  const seal = sealFor(token, listOf(c));
  const unlike = `${name}: take it unchanged from the answer before, and ask with the same token.`;
  return {
    open: (text: string) => open(text, seal, value, unlike),
    write: (what: unknown) => write(JSON.stringify(what), seal),
  };
}

/** Which list it is, for whom. */
function listOf(c: Context<RecordsEnv>): string {
  const filters = Object.entries(c.req.queries()).filter(([name]) => name !== 'cursor' && name !== 'limit');
  return JSON.stringify([c.get('principal').id, c.req.path, filters.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

type Seal = (text: string) => Buffer;

function sealFor(token: string, list: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', token, '', 'onrecord cursor', 32));
  return (text) => createHmac('sha256', key).update(list).update('\0').update(text).digest().subarray(0, SEAL_BYTES);
}

const write = (text: string, seal: Seal) => Buffer.concat([seal(text), Buffer.from(text)]).toString('base64url');

const UNLIKE = 'cursor: take it unchanged from `next` of the page before, and ask with the same filters and token.';

function open<Position>(cursor: string, seal: Seal, position: z.ZodType<Position>, unlike = UNLIKE): Position {
  const bytes = Buffer.from(cursor.slice(0, CURSOR_CHARACTERS_MAX), 'base64url');
  const text = bytes.subarray(SEAL_BYTES).toString();
  // base64url has several spellings of the same bytes, and only one of them was given out.
  const isOurs = bytes.length > SEAL_BYTES && timingSafeEqual(seal(text), bytes.subarray(0, SEAL_BYTES));
  if (isOurs && write(text, seal) === cursor) return position.parse(JSON.parse(text));
  throw new ProblemError('bad-request', unlike);
}
