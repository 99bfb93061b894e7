import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import type { Erasure, ErasureOrder } from '../../domain/erasure.ts';
import { ERASURE_RESULTS, type ErasureResult, isSettled, type Resolution } from '../../domain/resolve-erasure.ts';
import { optional } from '../rows.ts';

/** One recording under an erasure, and what was resolved for it. */
export interface ErasureItem extends Resolution {
  recordingSid: string;
  resolvedAt: Date;
}

const NOT_YET = 'It is covered, and was not looked at yet.';

/** A recording has become known to be covered: each erasure that covers it looks at it, also where it had been completed. */
export async function noteItems(
  client: ClientBase,
  { accountSid, recordingSid }: RecordingKey,
  { erasureId, alsoBy = [], requestedAt }: ErasureOrder,
): Promise<void> {
  const { rows } = await client.query<{ erasure_id: string }>(
    `insert into ledger.erasure_items (account_sid, erasure_id, recording_sid, result, why, resolved_at)
     select $1, erasure_id, $3, 'due', $4, $5 from unnest($2::text[]) erasure_id on conflict do nothing returning erasure_id`,
    [accountSid, [erasureId, ...alsoBy], recordingSid, NOT_YET, requestedAt],
  );
  if (rows.length === 0) return;
  await client.query(
    `update ledger.erasures set next_look_at = least(next_look_at, $3),
       state = case state when 'completed' then 'running' else state end
     where account_sid = $1 and erasure_id = any($2)`,
    [accountSid, rows.map((row) => row.erasure_id), requestedAt],
  );
}

const UNSETTLED = ERASURE_RESULTS.filter((result) => !isSettled(result));

/** Recordings whose result may still change, after this one in order. */
export async function unsettledItems(
  client: ClientBase,
  { accountSid, erasureId }: Erasure,
  { after, limit }: { after: string; limit: number },
): Promise<RecordingKey[]> {
  const { rows } = await client.query<{ recording_sid: string }>(
    `select recording_sid from ledger.erasure_items
     where account_sid = $1 and erasure_id = $2 and result = any($3) and recording_sid > $4
     order by recording_sid limit $5`,
    [accountSid, erasureId, UNSETTLED, after, limit],
  );
  return rows.map((row) => ({ accountSid, recordingSid: row.recording_sid }));
}

export async function saveItem(
  client: ClientBase,
  { accountSid, erasureId }: Erasure,
  recordingSid: string,
  { result, why, until }: Resolution,
  now: Date,
): Promise<void> {
  await client.query(
    `update ledger.erasure_items set result = $4, why = $5, until = $6, resolved_at = $7
     where account_sid = $1 and erasure_id = $2 and recording_sid = $3
       and (result, why, until) is distinct from ($4, $5, $6)`,
    [accountSid, erasureId, recordingSid, result, why, until, now],
  );
}

/** How many recordings have which result. */
export async function countItems(
  client: ClientBase,
  accountSid: string,
  erasureId: string,
): Promise<Partial<Record<ErasureResult, number>>> {
  const { rows } = await client.query<{ result: ErasureResult; count: number }>(
    `select result, count(*)::integer as count from ledger.erasure_items
     where account_sid = $1 and erasure_id = $2 group by result`,
    [accountSid, erasureId],
  );
  return Object.fromEntries(rows.map(({ result, count }) => [result, count]));
}

/** In the order of their SIDs, after `after`. */
export async function listItems(
  client: ClientBase,
  { accountSid, erasureId }: Erasure,
  { after, limit }: { after: string; limit: number },
): Promise<ErasureItem[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.erasure_items
     where account_sid = $1 and erasure_id = $2 and recording_sid > $3 order by recording_sid limit $4`,
    [accountSid, erasureId, after, limit],
  );
  return rows.map((row) => ({
    recordingSid: row.recording_sid,
    result: row.result,
    why: row.why,
    until: optional(row.until),
    resolvedAt: row.resolved_at,
  }));
}
