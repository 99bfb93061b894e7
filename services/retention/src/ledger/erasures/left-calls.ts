import type { ClientBase } from 'pg';
import type { Erasure } from '../../domain/erasure.ts';
import { type ErasedCall, WAITED_FOR } from './calls-at-twilio.ts';
import { noteResidue, saveLook } from './residues.ts';

const RESIDUE = 'twilio-call-records';
const NAMED = 5;

/**
 * Names the records that are left at Twilio as a residue of the erasure, with why, or says that they are gone once every one was seen to
 * be. Nobody waits for a completed erasure any more: it names also what is still to be attempted.
 */
export async function noteLeftCalls(
  client: ClientBase,
  erasure: Pick<Erasure | ErasedCall, 'accountSid' | 'erasureId'>,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ call_sid: string; why: string; is_named: boolean }>(
    `select leg.call_sid, coalesce(kept_for, failure, 'It is still to be asked for') as why,
       kept_for is not null or attempts >= $3 or completed_at is not null as is_named
     from ledger.erasure_calls leg join ledger.erasures using (account_sid, erasure_id)
     where account_sid = $1 and erasure_id = $2 and outcome is null order by leg.call_sid`,
    [erasure.accountSid, erasure.erasureId, WAITED_FOR],
  );
  if (rows.length === 0) {
    const finding = 'Twilio has none of them any more.';
    return saveLook(client, erasure, { residue: RESIDUE, checkedAt: now, finding, goneAt: now });
  }
  const left = rows.filter((row) => row.is_named);
  if (left.length === 0) return;
  const sids = left.slice(0, NAMED).map((row) => row.call_sid);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  const what = `Twilio’s records of ${left.length} leg(s), with both numbers: ${sids.join(', ')}${more}`;
  const why = [...new Set(left.map((row) => row.why))].slice(0, NAMED).join('; ');
  await noteResidue(client, erasure, { residue: RESIDUE, what, why: `${why}. It is tried again.` }, now);
}
