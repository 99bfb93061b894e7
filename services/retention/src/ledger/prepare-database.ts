import { messagingSchema } from '@onrecord/shared/postgres/messaging-schema';
import { migrate, type Schema, takeMigrationLock } from '@onrecord/shared/postgres/migrate';
import { inTransaction, openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { sqlState } from '@onrecord/shared/postgres/transaction';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { escapeIdentifier } from 'pg';
import { ensureRole, grantTables, IsolationError, powersOf, requireHeld } from './application-role.ts';
import { ledgerSchema } from './schema.ts';

export interface DatabaseAccess {
  /** DATABASE_URL: as whom the service works. */
  url: string;
  /** DATABASE_ADMIN_URL: who owns the tables and changes them. */
  adminUrl?: string | undefined;
  /** Whose tables are in the same database besides. */
  besides?: readonly Schema[];
}

/** The role that connections take where one URL has to do for both: its owner's own, since roles are the whole server's. It cannot sign in. */
const applicationRole = (owner: string) => `${owner.slice(0, ROLE_CHARACTERS_MAX - SUFFIX.length)}${SUFFIX}`;
const SUFFIX = '_application';
/** Postgres cuts names off beyond. */
const ROLE_CHARACTERS_MAX = 63;

/**
 * Brings the tables up to date, and sees to it that the service works as a role which row-level security holds.
 *
 * With an admin's URL, that one migrates, makes the login role of `url` where there is none, and grants it what it needs. Without, the
 * role of `url` may be such an application role already, and only what the tables are is checked; or it is their owner, and its connections
 * take a lesser role, which code that runs SQL of its own could leave again: that is said in the log.
 * @returns the role that connections are to take after signing in, if any
 * @throws MigrationError, IsolationError
 */
export async function prepareDatabase(access: DatabaseAccess, logger: Logger): Promise<{ role?: string }> {
  const { url, adminUrl = url, besides = [] } = access;
  const schemas = [...besides, messagingSchema, ledgerSchema];
  if (adminUrl === url) return withPool(url, logger, (pool) => prepareAlone(pool, schemas, logger));
  const { username, password } = new URL(url);
  const role = decodeURIComponent(username);
  if (role === '')
    throw new IsolationError('DATABASE_URL names no user: give it a role of its own, beside DATABASE_ADMIN_URL');
  await withPool(adminUrl, logger, async (pool) => {
    for (const schema of schemas) await migrate(pool, schema);
    await prepareRole(pool, role, decodeURIComponent(password));
  });
  await withPool(url, logger, async (pool) => requireHeld(await powersOf(pool)));
  return {};
}

async function prepareAlone(pool: Pool, schemas: readonly Schema[], logger: Logger): Promise<{ role?: string }> {
  const powers = await powersOf(pool);
  for (const schema of schemas) await migrate(pool, schema);
  const isHeld = !powers.isSuperuser && !powers.bypassesPolicies;
  if (isHeld && !powers.isOwner) return {};
  const role = applicationRole(powers.name);
  try {
    await prepareRole(pool, role);
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    const rests = isHeld
      ? 'row-level security holds it only while nobody turns that off, which it may'
      : 'row-level security does not hold it, so accounts are kept apart by this program alone';
    logger.warn({ name: powers.name }, `the role of DATABASE_URL owns the tables: ${rests}; ${REMEDY}`);
    return {};
  }
  logger.warn(
    { name: powers.name },
    `the role of DATABASE_URL owns the tables: connections set the role ${role}, which row-level security holds, and could set it back; ${REMEDY}`,
  );
  return { role };
}

const INSUFFICIENT_PRIVILEGE = '42501';
const REMEDY = 'set DATABASE_ADMIN_URL to this one and give DATABASE_URL a role of its own';

/** @param password of a role that signs in by itself; without one, the connection's own role may become it */
const prepareRole = (pool: Pool, role: string, password?: string): Promise<void> =>
  inTransaction(pool, async (client) => {
    await takeMigrationLock(client, 'ledger');
    await ensureRole(client, role, password);
    await grantTables(client, role);
    if (password !== undefined) return;
    const { rows } = await client.query<{ can: boolean }>(`select pg_has_role(current_user, $1, 'set') as can`, [role]);
    if (rows[0]?.can !== true)
      await client.query(`grant ${escapeIdentifier(role)} to current_user with set true, inherit false`);
  });

async function withPool<T>(url: string, logger: Logger, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ url, max: 1, applicationName: 'retention preparing', logger });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
