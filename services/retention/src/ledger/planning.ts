import type { Pool } from 'pg';

/** By name, in the words of the settings. */
export type PlanningSettings = Readonly<Record<string, string>>;

export interface Planner {
  settings: PlanningSettings;
  startedAt: Date;
}

/** Without a look for so long, nobody works by the settings any more: whoever is left goes on by its own. */
const SEEN_WITHIN_MS = 600_000;

/**
 * Puts the settings down as those that plans are made by, unless a process that was started later has put down others.
 * @returns what was put down
 */
export async function putPlanningSettings(
  pool: Pool,
  { settings, startedAt }: Planner,
  now: Date,
): Promise<PlanningSettings> {
  const { rows } = await pool.query<{ settings: PlanningSettings }>(
    `with put as (
       insert into ledger.planning as known (settings, started_at, seen_at) values ($1, $2, $3)
       on conflict (only_one) do update set settings = excluded.settings,
         started_at = greatest(known.started_at, excluded.started_at), seen_at = greatest(known.seen_at, excluded.seen_at)
       where known.settings = excluded.settings or known.started_at <= excluded.started_at or known.seen_at < $4
       returning settings
     )
     select settings from put union all select settings from ledger.planning where not exists (select from put)`,
    [JSON.stringify(settings), startedAt, now, new Date(now.getTime() - SEEN_WITHIN_MS)],
  );
  return rows[0]?.settings ?? settings;
}
