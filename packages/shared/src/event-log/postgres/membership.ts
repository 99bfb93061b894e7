import type { Client, Pool } from '../../postgres/pool.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { planClaims } from './claim-plan.ts';
import type { PostgresEventLogLimits } from './limits.ts';

export interface Member {
  id: string;
  group: string;
  topics: readonly string[];
  startFrom: 'earliest' | 'latest';
}

/** A partition that the database says is ours. */
export interface Claim {
  partitionId: number;
  topic: string;
  number: number;
  epoch: bigint;
  /** What to read next. */
  nextOffset: bigint;
}

interface ClaimRow {
  partitionId: number;
  topic: string;
  number: number;
  epoch: bigint;
  owner: string | null;
  nextOffset: bigint | null;
}

export interface View {
  /** What the member has now. */
  claims: Claim[];
  /** Which of that exceeds its share. */
  giveUp: number[];
  /** How many members were found dead. */
  buried: number;
}

export interface BeatOptions extends Pick<PostgresEventLogLimits, 'leaseMs' | 'sessionGraceMs'> {
  /** Whose end means the end of the member. */
  sessionPid: number | undefined;
  /** False for a member that is about to leave. */
  claiming: boolean;
}

/**
 * Says that the member lives, buries the dead ones, and claims its share of what is free. One member of a group does this at a time.
 */
export function beat(pool: Pool, member: Member, options: BeatOptions): Promise<View> {
  return inTransaction(pool, async (client) => {
    await lockGroup(client, member.group);
    const { rowCount } = await buryTheDead(client, member, options.sessionGraceMs);
    await sayAlive(client, member, options);
    const members = await readMembers(client, member.group);
    const rows = await readClaims(client, member);
    const living = new Set(members.map(({ id }) => id));
    const partitions = rows.map(({ partitionId, topic, number, owner }) => ({
      id: partitionId,
      topic,
      number,
      owner: owner !== null && living.has(owner) ? owner : undefined,
    }));
    const { claim, giveUp } = planClaims(member.id, { members, partitions });
    const claimed = options.claiming ? await claimPartitions(client, member, claim) : [];
    const kept = rows.filter(({ owner }) => owner === member.id);
    return { claims: [...kept, ...claimed].map(toClaim), giveUp, buried: rowCount ?? 0 };
  });
}

const toClaim = ({ nextOffset, owner: _, ...row }: ClaimRow): Claim => ({ ...row, nextOffset: nextOffset ?? 0n });

/** The row lock also makes members of the group wait for each other. */
const lockGroup = (client: Client, group: string) =>
  client.query(
    `INSERT INTO event_log.groups (name, seen_at) VALUES ($1, clock_timestamp())
     ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at`,
    [group],
  );

/**
 * Whose lease has run out, and whose connection has ended while this server was running. A restart of the server ends all
 * connections and says nothing about the members.
 */
const buryTheDead = (client: Client, { group, id }: Member, sessionGraceMs: number) =>
  client.query(
    `DELETE FROM event_log.members AS m WHERE group_name = $1 AND id <> $2 AND (
       expires_at < clock_timestamp()
       OR (heartbeat_at < clock_timestamp() - $3 * interval '1 millisecond'
         AND session_started > pg_postmaster_start_time()
         AND NOT EXISTS (SELECT FROM pg_stat_activity AS a
           WHERE a.pid = m.session_pid AND a.backend_start = m.session_started)))`,
    [group, id, sessionGraceMs],
  );

const sayAlive = (client: Client, { id, group, topics }: Member, { sessionPid, leaseMs }: BeatOptions) =>
  client.query(
    `INSERT INTO event_log.members (id, group_name, topics, heartbeat_at, expires_at, session_pid, session_started)
     VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4 * interval '1 millisecond', $5,
       (SELECT backend_start FROM pg_stat_activity WHERE pid = $5))
     ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, expires_at = excluded.expires_at,
       session_pid = excluded.session_pid, session_started = excluded.session_started`,
    [id, group, topics, leaseMs, sessionPid ?? null],
  );

async function readMembers(client: Client, group: string) {
  const { rows } = await client.query<{ id: string; topics: string[] }>(
    'SELECT id, topics FROM event_log.members WHERE group_name = $1',
    [group],
  );
  return rows;
}

async function readClaims(client: Client, { group, topics }: Member): Promise<ClaimRow[]> {
  const { rows } = await client.query<ClaimRow>(
    `SELECT p.id AS "partitionId", p.topic, p.number, coalesce(c.epoch, 0) AS epoch, c.member AS owner, c.next_offset AS "nextOffset"
     FROM event_log.partitions AS p LEFT JOIN event_log.claims AS c ON c.partition_id = p.id AND c.group_name = $1
     WHERE p.topic = ANY ($2::text[])`,
    [group, topics],
  );
  return rows;
}

/** Where a group begins is decided once, by its first claim of the partition. */
async function claimPartitions(client: Client, { id, group, startFrom }: Member, partitionIds: readonly number[]) {
  if (partitionIds.length === 0) return [];
  const { rows } = await client.query<ClaimRow>(
    `WITH claimed AS (
       INSERT INTO event_log.claims AS c (group_name, partition_id, epoch, member, next_offset)
       SELECT $1, p.id, 1, $2, CASE WHEN $3 THEN p.next_offset END FROM event_log.partitions AS p WHERE p.id = ANY ($4::int[])
       ON CONFLICT (group_name, partition_id) DO UPDATE SET epoch = c.epoch + 1, member = excluded.member
       RETURNING c.partition_id, c.epoch, c.member, c.next_offset)
     SELECT p.id AS "partitionId", p.topic, p.number, c.epoch, c.member AS owner, c.next_offset AS "nextOffset"
     FROM claimed AS c JOIN event_log.partitions AS p ON p.id = c.partition_id`,
    [group, id, startFrom === 'latest', partitionIds],
  );
  return rows;
}

/** Gives partitions back, those that are still ours. */
export async function release(pool: Pool, { id, group }: Member, partitionIds: readonly number[]): Promise<void> {
  await pool.query(
    'UPDATE event_log.claims SET member = NULL WHERE group_name = $1 AND member = $2 AND partition_id = ANY ($3::int[])',
    [group, id, partitionIds],
  );
}

/** Gives back everything and is no member any more. */
export async function leave(pool: Pool, { id, group }: Member): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockGroup(client, group);
    await client.query('UPDATE event_log.claims SET member = NULL WHERE group_name = $1 AND member = $2', [group, id]);
    await client.query('DELETE FROM event_log.members WHERE id = $1', [id]);
  });
}
