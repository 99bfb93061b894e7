import type { Pool } from 'pg';

/** The time by the database's clock, at the moment of asking. */
export async function databaseClock(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]?.now ?? new Date(Number.NaN);
}
