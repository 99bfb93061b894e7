import { z } from 'zod';
import type { ListPosition } from '../ledger/read/recording-list.ts';

const content = z.tuple([z.iso.datetime(), z.string().regex(/^RE[0-9a-f]{32}$/i)]);

/** Opaque to clients. It says where a page ended and nothing else: whose rows they are is said by the token alone. */
export const toCursor = ({ firstSeenAt, recordingSid }: ListPosition): string =>
  Buffer.from(JSON.stringify([firstSeenAt.toISOString(), recordingSid])).toString('base64url');

/** @returns `undefined` for a text that is none of our cursors */
export function readCursor(cursor: string): ListPosition | undefined {
  try {
    const [firstSeenAt, recordingSid] = content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { firstSeenAt: new Date(firstSeenAt), recordingSid };
  } catch {
    return undefined;
  }
}
