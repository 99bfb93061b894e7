import type { Pool } from 'pg';

/** By name, in the words of the settings. */
export type PlanningSettings = Readonly<Record<string, string>>;

export interface Planner {
  settings: PlanningSettings;
  /** By the database's clock: those of processes differ, and one that is ahead would stay the last for as long as it was ahead. */
  startedAt: Date;
}

/** Without a look for so long, nobody works by the settings any more: whoever is left goes on by its own. */
const SEEN_WITHIN_MS = 600_000;

/**
 * Puts the settings down as those that plans are made by, unless a process that was started later has put down others.
 * @returns what was put down
 */
export async function putPlanningSettings(pool: Pool, { settings, startedAt }: Planner): Promise<PlanningSettings> {
  // A look or a start that is still to come is of a clock that was set back since, and keeps nobody from anything.
  const { rows } = await pool.query<{ settings: PlanningSettings }>(
    `with put as (
       insert into ledger.planning as known (settings, started_at, seen_at) values ($1, $2, clock_timestamp())
       on conflict (only_one) do update set settings = excluded.settings, seen_at = excluded.seen_at,
         started_at = case when known.settings = excluded.settings
           then least(greatest(known.started_at, excluded.started_at), clock_timestamp()) else excluded.started_at end
       where known.settings = excluded.settings or known.started_at <= excluded.started_at
         or abs(extract(epoch from clock_timestamp() - known.seen_at)) * 1000 > $3
       returning settings
     )
     select settings from put union all select settings from ledger.planning where not exists (select from put)`,
    [JSON.stringify(settings), startedAt, SEEN_WITHIN_MS],
  );
  return rows[0]?.settings ?? settings;
}
