import type { ClientBase } from 'pg';
import type { Minimum } from '../../domain/due.ts';
import type { Erasure, ErasureState } from '../../domain/erasure.ts';
import { replacementsOf } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import type { Subject } from './cover-call.ts';
import { namesOfErasure } from './rows.ts';
import { scrubLooseRows } from './scrub-rows.ts';

/** What the erasure is of, and the next legs that its subject was on, in the order of their SIDs. */
export async function legsToCover(
  client: ClientBase,
  erasure: Erasure,
  limit: number,
): Promise<{ subject: Subject; callSids: string[] }> {
  const { accountSid, party, coversUntil, lastCallSid = '' } = erasure;
  const names = await namesOfErasure(client, erasure);
  const { rows } = await client.query<{ call_sid: string }>(
    `select call_sid from (
       select call_sid from ledger.call_numbers where account_sid = $1 and spelling = any($2)
       union select name from unnest($2::text[]) name where $5
     ) of_subject where call_sid > $3 order by call_sid limit $4`,
    [accountSid, names, lastCallSid, limit, party === undefined],
  );
  return { subject: { accountSid, names, party, coversUntil }, callSids: rows.map((row) => row.call_sid) };
}

/** Replaces the number also in what is about no call; of a call there is nothing more. */
export async function scrubLoose(client: ClientBase, subject: Subject, pseudonyms: Pseudonyms): Promise<void> {
  const { accountSid, names, party } = subject;
  if (party === undefined) return;
  await scrubLooseRows(client, accountSid, replacementsOf(pseudonyms, names, party));
}

interface Progress {
  state?: ErasureState;
  lastCallSid?: string;
  /** More of them than before. */
  legs?: number;
  legsKept?: number;
  /** Saved with `lastCallSid` alone. */
  keptByLaw?: Minimum | undefined;
  ledgerDoneAt?: Date | undefined;
  completedAt?: Date | undefined;
  nextLookAt?: Date | undefined;
}

/**
 * A look that was brought forward since the worker took the erasure stays so; calls are gone through again then.
 * @returns false where another request joined meanwhile, or another worker went further: nothing is changed then
 */
export async function saveProgress(client: ClientBase, erasure: Erasure, progress: Progress): Promise<boolean> {
  const { accountSid, erasureId, coversUntil, completedAt, nextLookAt } = erasure;
  const { rowCount } = await client.query(
    `update ledger.erasures set state = coalesce($5, state), last_call_sid = coalesce($6, last_call_sid), legs = legs + $7,
       legs_kept = legs_kept + $8, ledger_done_at = coalesce($9, ledger_done_at), completed_at = coalesce($10, completed_at),
       legs_kept_until = case when $6::text is null then legs_kept_until else $13 end,
       legs_kept_for = case when $6::text is null then legs_kept_for else $14 end,
       next_look_at = case when next_look_at < $12 then next_look_at else $11 end
     where account_sid = $1 and erasure_id = $2 and covers_until = $3 and completed_at is not distinct from $4
       and ($6::text is null or next_look_at >= $12)`,
    [
      ...[accountSid, erasureId, coversUntil, completedAt],
      ...[progress.state, progress.lastCallSid, progress.legs ?? 0, progress.legsKept ?? 0],
      ...[progress.ledgerDoneAt, progress.completedAt, progress.nextLookAt, nextLookAt],
      ...[progress.keptByLaw?.until, progress.keptByLaw?.source],
    ],
  );
  return rowCount === 1;
}

/** Begins with its calls again. */
export async function coverAgain(client: ClientBase, { accountSid, erasureId }: Erasure, now: Date): Promise<void> {
  await client.query(
    `update ledger.erasures set state = 'running', ledger_done_at = null, last_call_sid = null, legs = 0, legs_kept = 0, next_look_at = $3
     where account_sid = $1 and erasure_id = $2`,
    [accountSid, erasureId, now],
  );
}

/**
 * A hold was released, in the caller's transaction: erasures that may have waited for it are looked at now, from their calls on where
 * some kept their numbers.
 */
export async function lookAtWaiting(client: ClientBase, accountSid: string, now: Date): Promise<void> {
  await client.query(
    `update ledger.erasures set next_look_at = $2, legs_kept = 0,
       ledger_done_at = case legs_kept when 0 then ledger_done_at end,
       last_call_sid = case legs_kept when 0 then last_call_sid end,
       legs = case legs_kept when 0 then legs else 0 end
     where account_sid = $1 and completed_at is null and ledger_done_at is not null`,
    [accountSid, now],
  );
}
