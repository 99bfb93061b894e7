import { DEFAULT_RETRY_POLICY, decideFailure, StageError } from '@onrecord/shared/event-log/failure-policy';
import { ObjectNotFoundError, type ObjectStore } from '@onrecord/shared/object-store/port';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type SearchText, toSearchText } from '../domain/search-text.ts';
import { type DueText, noteUnreadText, takeDueTexts, writeSearchText } from '../ledger/search-texts.ts';

export interface ReadTranscripts {
  pool: Pool;
  objects: Pick<ObjectStore, 'get'>;
  clock: () => Date;
  /** A text could not be read; `again` where it is tried once more. */
  onUnread(due: DueText, reason: string, again: Date | undefined): void;
}

/** A day of speech with its words' times is some 30 MB. */
const TRANSCRIPT_BYTES_MAX = 64_000_000;
/** Longer than a transcript takes to be read; a killed worker's is read by another one after that. */
const LEASE_MS = 300_000;

const transcript = z.looseObject({
  language: z.string().optional(),
  turns: z.array(z.looseObject({ speaker: z.string(), start: z.number(), end: z.number(), text: z.string() })),
});

/**
 * Reads the transcripts that are due into the search: new ones, those that could not be read, and those from before there was one. Failures
 * are decided on as everywhere, by the failure policy.
 * @param atMost read one after the other, so that one is in memory at a time
 * @returns whether more may be due
 */
export async function readTranscripts(
  accounts: readonly string[],
  { pool, objects, clock, onUnread }: ReadTranscripts,
  atMost: number,
): Promise<boolean> {
  const due = await takeDueTexts(pool, accounts, clock(), { leaseMs: LEASE_MS, atMost });
  for (const each of due) {
    try {
      await writeSearchText(pool, each, await readText(objects, each.key));
    } catch (error) {
      const decision = decideFailure(error, each.attempts, DEFAULT_RETRY_POLICY);
      const again = decision.action === 'retry' ? new Date(clock().getTime() + decision.afterMs) : undefined;
      const reason = error instanceof Error ? error.message : String(error);
      await noteUnreadText(pool, each, reason, again);
      onUnread(each, reason, again);
    }
  }
  return due.length === atMost;
}

/** @throws StageError where trying again cannot help */
async function readText(objects: Pick<ObjectStore, 'get'>, key: string): Promise<SearchText> {
  const found = await objects.get(key).catch((error: unknown) => {
    throw error instanceof ObjectNotFoundError ? unreadable(error.message, error) : error;
  });
  if (found.bytes > TRANSCRIPT_BYTES_MAX) {
    found.body.destroy();
    throw unreadable(`${key} has ${found.bytes} bytes, and at most ${TRANSCRIPT_BYTES_MAX} are searched`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of found.body) chunks.push(chunk);
  try {
    return toSearchText(transcript.parse(JSON.parse(Buffer.concat(chunks).toString())));
  } catch (cause) {
    throw unreadable(`${key} is no transcript`, cause);
  }
}

const unreadable = (message: string, cause?: unknown) =>
  new StageError('search', message, { kind: 'permanent', cause });
