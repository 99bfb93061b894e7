import { type Migration, MigrationError, readMigrations } from './migration-files.ts';
import type { Client, Pool } from './pool.ts';
import { inTransaction, sqlState } from './transaction.ts';

/** The SQL that makes and changes one component's tables. */
export interface Schema {
  component: string;
  /** Holds `0001-name.sql`, `0002-name.sql`, … */
  directory: string;
  /** SQL that is run in the same transaction, before and after the files, when there are any to apply. */
  before?: string;
  after?: string;
}

/** Several services may start at once; one migrates and the others wait, in milliseconds. */
const LOCK_TIMEOUT_MS = 120_000;
/** A change to a large table takes its time; the pool's timeouts are for everyday statements. */
const MIGRATION_TIMEOUT_MS = 6 * 3_600_000;

/**
 * Brings the component's tables up to date: all missing files in one transaction, or none.
 * @throws MigrationError naming the file and the reason, or when the database is newer than this program
 */
export async function migrate(pool: Pool, schema: Schema): Promise<void> {
  const migrations = await readMigrations(schema.directory);
  await inTransaction(pool, async (client) => {
    await takeMigrationLock(client, schema.component);
    const applied = await readApplied(client, schema.component);
    check(schema.component, migrations, applied);
    const missing = migrations.slice(applied.length);
    // Whoever may not change the tables can start all the same when they are as they should be.
    if (missing.length === 0) return;
    await createBook(client, schema.component);
    await run(client, schema.before);
    for (const migration of missing) await apply(client, schema.component, migration);
    await run(client, schema.after);
  });
}

/** Makes the caller's transaction the only one that changes tables and their rights. */
export async function takeMigrationLock(client: Client, component: string): Promise<void> {
  // A migration takes as long as it takes; only waiting for others has an end.
  await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const text = `SELECT pg_advisory_xact_lock(hashtextextended('onrecord_migrations', 0))`;
  const statement = { text, query_timeout: 2 * LOCK_TIMEOUT_MS };
  try {
    await client.query(statement);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    const message = `another process has been changing the tables for over ${LOCK_TIMEOUT_MS / 1_000} s: wait for it, or end it, then start again`;
    throw new MigrationError(`${component}: ${message}`, { cause: error });
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

interface Applied {
  version: number;
  name: string;
  checksum: string;
}

async function createBook(client: Client, component: string): Promise<void> {
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS onrecord_migrations (
      component text NOT NULL,
      version integer NOT NULL,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (component, version)
    )`);
  } catch (cause) {
    if (sqlState(cause) !== INSUFFICIENT_PRIVILEGE) throw cause;
    throw new MigrationError(
      `the database's tables of "${component}" are not what this program needs, and its role may not change them: start once with a role that may`,
      { cause },
    );
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

async function readApplied(client: Client, component: string): Promise<Applied[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('onrecord_migrations') IS NOT NULL AS exists`,
  );
  if (tables[0]?.exists !== true) return [];
  const { rows } = await client.query<Applied>(
    'SELECT version, name, checksum FROM onrecord_migrations WHERE component = $1 ORDER BY version',
    [component],
  );
  return rows;
}

function check(component: string, migrations: readonly Migration[], applied: readonly Applied[]) {
  const newest = applied.at(-1);
  if (newest && newest.version > migrations.length) {
    throw new MigrationError(
      `the database's tables of "${component}" are at version ${newest.version} (${newest.name}) and this program knows ${migrations.length}: start the newer program, or restore a backup from before it`,
    );
  }
  for (const [index, { name, checksum }] of applied.entries()) {
    const file = migrations[index];
    if (file?.checksum === checksum) continue;
    throw new MigrationError(
      `${file?.path ?? name} is not what the database had applied as ${name}: undo the change to the file, and make a new file instead`,
    );
  }
}

async function run(client: Client, sql = '') {
  const statement = { text: sql, query_timeout: MIGRATION_TIMEOUT_MS };
  await client.query(statement);
}

async function apply(client: Client, component: string, migration: Migration) {
  try {
    await run(client, migration.sql);
  } catch (cause) {
    throw new MigrationError(`${migration.path} failed and nothing was changed: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { version, name, checksum } = migration;
  await client.query('INSERT INTO onrecord_migrations (component, version, name, checksum) VALUES ($1, $2, $3, $4)', [
    component,
    version,
    name,
    checksum,
  ]);
}
