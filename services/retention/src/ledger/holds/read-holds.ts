import type { ClientBase, QueryResultRow } from 'pg';
import type { Hold } from '../../domain/hold.ts';
import type { Matter } from '../../domain/matter.ts';
import { optional } from '../rows.ts';
import { toHold } from './hold-rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** Where a page begins: right after this one. Newest first. */
export interface Position {
  at: Date;
  id: string;
}

export interface OfAccount<Thing> {
  accountSid: string;
  thing: Thing;
}

/** @returns at most `limit`; the accounts are those of the transaction */
export async function listMatters(
  client: Queryable,
  { after, limit, matterId }: { after?: Position | undefined; limit: number; matterId?: string | undefined },
): Promise<OfAccount<Matter>[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.matters
     where ($1::timestamptz is null or (opened_at, matter_id) < ($1, $2)) and ($3::text is null or matter_id = $3)
     order by opened_at desc, matter_id desc limit $4`,
    [after?.at, after?.id, matterId, limit],
  );
  return rows.map((row) => ({
    accountSid: row.account_sid,
    thing: { matterId: row.matter_id, name: row.name, openedBy: row.opened_by, openedAt: row.opened_at },
  }));
}

export interface HoldFilter {
  holdId?: string | undefined;
  matterId?: string | undefined;
  recordingSid?: string | undefined;
  status?: 'standing' | 'released' | undefined;
  after?: Position | undefined;
  limit: number;
}

export async function listHolds(
  client: Queryable,
  { holdId, matterId, recordingSid, status, after, limit }: HoldFilter,
): Promise<OfAccount<Hold>[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.holds hold
     where ($1::timestamptz is null or (placed_at, hold_id) < ($1, $2))
       and ($3::text is null or hold_id = $3) and ($4::text is null or matter_id = $4)
       and ($5::boolean is null or (released_at is null) = $5)
       and ($6::text is null or exists (
         select from ledger.hold_recordings link
         where link.account_sid = hold.account_sid and link.hold_id = hold.hold_id and link.recording_sid = $6
       ))
     order by placed_at desc, hold_id desc limit $7`,
    [after?.at, after?.id, holdId, matterId, status && status === 'standing', recordingSid, limit],
  );
  return rows.map((row) => ({ accountSid: row.account_sid, thing: toHold(row) }));
}

/** How far a hold has come with the recordings that it covers. */
export interface Coverage {
  /** Every recording that is known was gone through. */
  isComplete: boolean;
  recordings: number;
  /** Recordings whose objects the store itself keeps, read back; those that are still to be locked; those that it refused. */
  locks: { confirmed: number; pending: number; failing: number };
  /** Of what had begun to be deleted when it came: recordings, and objects that were gone. */
  begun: { recordings: number; unsettled: number; objectsGone: number; twilioGone: number };
}

export async function readCoverage(client: Queryable, accountSid: string, holdId: string): Promise<Coverage> {
  const { rows } = await client.query<QueryResultRow>(
    `select
       (select spread_due_at is null from ledger.holds where account_sid = $1 and hold_id = $2) as is_complete,
       count(*)::integer as recordings,
       count(*) filter (where lock.enforcement = 'object-lock' and lock.due_at is null)::integer as confirmed,
       count(*) filter (where lock.due_at is not null and lock.failure is null)::integer as pending,
       count(*) filter (where lock.due_at is not null and lock.failure is not null)::integer as failing,
       count(*) filter (where link.settled_at is not null or link.settle_due_at is not null)::integer as begun,
       count(*) filter (where link.settle_due_at is not null)::integer as unsettled,
       coalesce(sum(jsonb_array_length(link.objects_gone)), 0)::integer as objects_gone,
       count(*) filter (where link.source = 'gone')::integer as twilio_gone
     from ledger.hold_recordings link left join ledger.object_locks lock using (account_sid, recording_sid)
     where link.account_sid = $1 and link.hold_id = $2`,
    [accountSid, holdId],
  );
  const row = rows[0] ?? {};
  return {
    isComplete: row.is_complete,
    recordings: row.recordings,
    locks: { confirmed: row.confirmed, pending: row.pending, failing: row.failing },
    begun: {
      recordings: row.begun,
      unsettled: row.unsettled,
      objectsGone: row.objects_gone,
      twilioGone: row.twilio_gone,
    },
  };
}

/** What a hold covers of one recording. */
export interface Covered {
  recordingSid: string;
  coveredAt: Date;
  state: string;
  lock?: {
    enforcement: 'ledger' | 'object-lock';
    confirmedAt?: Date | undefined;
    versions?: number | undefined;
    failure?: string | undefined;
  };
  /** Only where its deletion had begun when the hold came. */
  found?: {
    settledAt?: Date | undefined;
    gone: { key: string; versionId?: string }[];
    kept?: number | undefined;
    source?: 'gone' | 'kept' | undefined;
  };
}

/** @param begunOnly those alone whose deletion had begun when the hold came */
export async function listCovered(
  client: Queryable,
  accountSid: string,
  holdId: string,
  { after, limit, begunOnly }: { after: string; limit: number; begunOnly: boolean },
): Promise<Covered[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select link.*, recording.state, lock.enforcement, lock.confirmed_at, lock.versions, lock.failure
     from ledger.hold_recordings link
     join ledger.recordings recording using (account_sid, recording_sid)
     left join ledger.object_locks lock using (account_sid, recording_sid)
     where link.account_sid = $1 and link.hold_id = $2 and link.recording_sid > $3
       and (not $4 or link.settled_at is not null or link.settle_due_at is not null)
     order by link.recording_sid limit $5`,
    [accountSid, holdId, after, begunOnly, limit],
  );
  return rows.map(toCovered);
}

const toCovered = (row: QueryResultRow): Covered => ({
  recordingSid: row.recording_sid,
  coveredAt: row.covered_at,
  state: row.state,
  ...(row.enforcement !== null && {
    lock: {
      enforcement: row.enforcement,
      confirmedAt: optional(row.confirmed_at),
      versions: optional(row.versions),
      failure: optional(row.failure),
    },
  }),
  ...((row.settled_at !== null || row.settle_due_at !== null) && {
    found: {
      settledAt: optional(row.settled_at),
      gone: row.objects_gone,
      kept: optional(row.objects_kept),
      source: optional(row.source),
    },
  }),
});
