import type { ClientBase } from 'pg';
import type { Actor } from '../../domain/actor.ts';
import type { ErasureOrder } from '../../domain/erasure.ts';
import type { OnRecording } from '../facts.ts';
import { optional } from '../rows.ts';

/**
 * The first erasure that covers a recording, with the others that do: of whoever takes part in its call or conference, or of the call itself, if the recording had begun
 * when it was requested. It follows from what is known, and so from no order in which it became known.
 */
export async function erasureOf(
  client: Pick<ClientBase, 'query'>,
  { recording, legs, participants }: OnRecording,
): Promise<ErasureOrder | undefined> {
  const calls = [...legs, ...participants];
  if (calls.length === 0) return undefined;
  const { rows } = await client.query<{ erasure_id: string; covers_until: Date; requested_by: Actor; outside: number }>(
    {
      name: 'erasure-of-recording',
      text: `select erasure_id, covers_until, (
       select requested_by from ledger.erasures asked where asked.account_sid = $1 and asked.erasure_id = subject.erasure_id
     ) as requested_by, (
       select count(distinct case when direction like 'inbound%' then from_number else to_number end)::integer
       from ledger.calls where account_sid = $1 and call_sid = any($2)
     ) as outside
     from ledger.erased_subjects subject
     where account_sid = $1 and covers_until >= $3 and (name = any($2) or name in (
       select spelling from ledger.call_numbers where account_sid = $1 and call_sid = any($2)
     ))
     order by covers_until, erasure_id`,
      values: [recording.accountSid, calls, beganAt(recording)],
    },
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const [erasureId, ...alsoBy] = [...new Set(rows.map((each) => each.erasure_id))] as [string, ...string[]];
  return {
    erasureId,
    alsoBy,
    requestedAt: row.covers_until,
    requestedBy: optional(row.requested_by),
    isShared: row.outside > 1,
  };
}

/** Where Twilio gave no start, its length before the report. */
const beganAt = ({ startedAt, reportedAt, durationSeconds }: OnRecording['recording']): Date =>
  startedAt ?? new Date(reportedAt.getTime() - (durationSeconds ?? 0) * 1_000);
