import type { ClientBase, QueryResultRow } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import { RETENTION } from '../../domain/actor.ts';
import type { Residue } from '../../domain/erasure.ts';
import { optional } from '../rows.ts';

export interface ErasureName {
  accountSid: string;
  erasureId: string;
}

/**
 * Names what is still there, or says again until when; what showed that it was gone is no longer true then. What was not told of with the
 * erasure's completion, as it was not there or was less, goes on record.
 */
export async function noteResidue(
  client: ClientBase,
  { accountSid, erasureId }: ErasureName,
  { residue, what, why, until }: Residue,
  now: Date,
): Promise<void> {
  const { rowCount } = await client.query(
    `with before as (
       select what, gone_at from ledger.erasure_residues where account_sid = $1 and erasure_id = $2 and residue = $3
     ), named as (
       insert into ledger.erasure_residues as known (account_sid, erasure_id, residue, what, why, until) values ($1, $2, $3, $4, $5, $6)
       on conflict (account_sid, erasure_id, residue) do update
       set what = excluded.what, why = excluded.why, until = excluded.until, gone_at = null,
         checked_at = case when known.gone_at is null then known.checked_at end,
         finding = case when known.gone_at is null then known.finding end
     )
     select from ledger.erasures where account_sid = $1 and erasure_id = $2 and completed_at is not null
       and not exists (select from before where what = $4 and gone_at is null)`,
    [accountSid, erasureId, residue, what, why, until],
  );
  if (rowCount === 0) return;
  const entry = { accountSid, at: now, kind: 'erasure.residue-named' as const, actor: RETENTION };
  const details = { residue, what, why, until: until?.toISOString() };
  await appendAudit(client, [{ ...entry, subject: { erasure: erasureId }, details }]);
}

type Looked = Pick<Residue, 'residue' | 'until' | 'checkedAt' | 'finding' | 'goneAt'>;

/** What a look at it has shown; that it is gone goes on record. One that was gone, or was never named, stays as it is. */
export async function saveLook(
  client: ClientBase,
  { accountSid, erasureId }: ErasureName,
  { residue, until, checkedAt, finding, goneAt }: Looked,
) {
  const { rowCount } = await client.query(
    `update ledger.erasure_residues set until = $4, checked_at = $5, finding = $6, gone_at = $7
     where account_sid = $1 and erasure_id = $2 and residue = $3 and gone_at is null`,
    [accountSid, erasureId, residue, until, checkedAt, finding, goneAt],
  );
  if (rowCount === 0 || goneAt === undefined) return;
  const entry = { accountSid, at: goneAt, kind: 'erasure.residue-gone' as const, actor: RETENTION };
  await appendAudit(client, [{ ...entry, subject: { erasure: erasureId }, details: { residue } }]);
}

/** Residues whose end has come, the one that is longest past first. */
export async function dueResidues(
  client: ClientBase,
  accounts: readonly string[],
  now: Date,
  limit: number,
): Promise<(Residue & ErasureName)[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.erasure_residues
     where account_sid = any($1) and gone_at is null and until <= $2 order by until limit $3`,
    [accounts, now, limit],
  );
  return rows.map((row) => ({ ...toResidue(row), accountSid: row.account_sid, erasureId: row.erasure_id }));
}

export async function listResidues(client: ClientBase, { accountSid, erasureId }: ErasureName): Promise<Residue[]> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.erasure_residues where account_sid = $1 and erasure_id = $2 order by residue',
    [accountSid, erasureId],
  );
  return rows.map(toResidue);
}

const toResidue = (row: QueryResultRow): Residue => ({
  residue: row.residue,
  what: row.what,
  why: row.why,
  until: optional(row.until),
  checkedAt: optional(row.checked_at),
  finding: optional(row.finding),
  goneAt: optional(row.gone_at),
});
